// The losses of one prediction and one label: value and slope (the derivative by the prediction) at once.
//
// Every struct is one loss; its formulas are those of the Python function, whose documentation they share.
// A label that is not valid becomes NaN.
#pragma once

#include "math.hpp"

namespace ISA {

template <class T> struct Result {
    T value, slope;
};

template <class T> INLINE T sign(T e) { return e > 0 ? T(1) : e < 0 ? T(-1) : e; }

enum class Labels { any, share, sign };  // share: in [0, 1], up to rounding; sign: -1 or 1

template <class T> INLINE bool is_share(T y) { return absolute(y - T(0.5)) <= T(0.5 + 1e-6); }

template <Labels kind> struct Of {
    static constexpr Labels labels = kind;
    static constexpr bool of_probability = false;  // the prediction is checked like a share, but may be NaN
    static constexpr bool of_lead = false;         // takes another prediction
    static constexpr bool tables = false;  // takes two more settings, which may differ along the last axis
};

using AnyLabel = Of<Labels::any>;
using ShareLabel = Of<Labels::share>;
using SignLabel = Of<Labels::sign>;

// ------------------------------------------------------------------------------------- regression

template <class T> struct L1 : AnyLabel {  // |e|
    explicit L1(const double*) {}
    INLINE Result<T> operator()(T x, T y) const {
        T e = x - y;
        return {absolute(e), sign(e)};
    }
};

template <class T> struct SquaredError : AnyLabel {  // e²
    explicit SquaredError(const double*) {}
    INLINE Result<T> operator()(T x, T y) const {
        T e = x - y;
        return {e * e, 2 * e};
    }
};

template <class T> struct Bias : AnyLabel {  // x - y
    explicit Bias(const double*) {}
    INLINE Result<T> operator()(T x, T y) const { return {x - y, 1}; }
};

template <class T> struct Huber : AnyLabel {  // q (a - q/2) with a = |e|, q = min(a, δ)
    T delta;
    explicit Huber(const double* settings) : delta(T(settings[0])) {}
    INLINE Result<T> operator()(T x, T y) const {
        T e = x - y, a = absolute(e), q = at_most(delta, a);
        return {q * (a - T(0.5) * q), e > delta ? delta : e < -delta ? -delta : e};
    }
};

template <class T> struct SmoothL1 : AnyLabel {  // (q/β) (a - q/2) with q = min(a, β)
    T beta;
    explicit SmoothL1(const double* settings) : beta(T(settings[0])) {}
    INLINE Result<T> operator()(T x, T y) const {
        T e = x - y, a = absolute(e), q = at_most(beta, a), share = q / beta;
        return {share * (a - T(0.5) * q), e < 0 ? -share : share};
    }
};

template <class T> struct LogCosh
    : AnyLabel {  // a + log(1 + exp(-2a)) - log 2, and a² times a polynomial near 0
    explicit LogCosh(const double*) {}
    INLINE Result<T> operator()(T x, T y) const {
        T e = x - y, a = absolute(e), fall = expm1_below(-2 * a), t = -fall / (2 + fall);
        T near = e * e * polynomial(at_most(T(0.64), e * e), Float<T>::log_cosh);
        T far = a + (log1p_near(1 + fall) - T(0.69314718055994531));
        return {a < T(0.8) ? near : far, e < 0 ? -t : t};
    }
};

template <class T> struct Quantile : AnyLabel {  // γ e for e = y - x >= 0, else (γ - 1) e
    static constexpr bool tables = true;
    explicit Quantile(const double*) {}
    INLINE Result<T> operator()(T x, T y, T above, T below) const {
        T e = y - x;
        return {e > 0 ? above * e : e < 0 ? -below * e : e, e > 0 ? -above : e < 0 ? below : e};
    }
};

// ------------------------------------------------------------------------------------ cross entropy

// Everything about a logit: u = exp(-|x|), log(1 + u) with its lost digits, and σ(x) and σ(-x), all
// relatively accurate.
template <class T> struct Logit {
    T x, tail, lost, yes, no;
    INLINE explicit Logit(T x) : x(x) {
        T u = decay(-absolute(x)), near = share_of_one(u), far = u * near,
          remainder = log1p_remainder_of_share(u);
        tail = u - remainder;
        lost = (u - tail) - remainder;
        yes = x < 0 ? far : near;
        no = x < 0 ? near : far;
    }
    INLINE T softplus() const { return tail + positive_part(x); }
    INLINE T softminus() const { return tail + positive_part(-x); }  // softplus(-x)

    // exp(-γ (side + tail)), without the digits that a large exponent costs; side: max(x, 0) or max(-x, 0).
    INLINE T power(T gamma, T side) const {
        Pair<T> whole = exact_product(gamma, side), part = exact_product(gamma, tail);
        Pair<T> sum = exact_sum(whole.high, part.high);
        T rest = sum.low + (whole.low + (part.low + gamma * lost));
        // Where the power is 0 the rest is large, or not even a number.
        return decay(-sum.high, sum.high > -Float<T>::exp_least ? T(0) : -rest);
    }
    INLINE T power_of_yes(T gamma) const { return power(gamma, positive_part(-x)); }  // σ(x)^γ
    INLINE T power_of_no(T gamma) const { return power(gamma, positive_part(x)); }    // σ(-x)^γ
};

template <class T> struct Bernoulli : ShareLabel {  // y softplus(-x) + (1 - y) softplus(x)
    explicit Bernoulli(const double*) {}
    INLINE Result<T> operator()(T x, T y) const {
        Logit<T> logit(x);
        return {logit.tail + x * ((x < 0 ? T(0) : T(1)) - y), (1 - y) * logit.yes - y * logit.no};
    }
};

template <class T> struct WeightedBernoulli : ShareLabel {
    static constexpr bool tables = true;
    explicit WeightedBernoulli(const double*) {}
    INLINE Result<T> operator()(T x, T y, T positive, T negative) const {
        Logit<T> logit(x);
        T yes = positive * y, no = negative * (1 - y);
        return {yes * logit.softminus() + no * logit.softplus(), no * logit.yes - yes * logit.no};
    }
};

template <class T> struct ProbabilityBernoulli : ShareLabel {  // -y log p - (1 - y) log(1 - p)
    static constexpr bool of_probability = true;
    T epsilon;
    explicit ProbabilityBernoulli(const double* settings) : epsilon(T(settings[0])) {}
    INLINE Result<T> operator()(T p, T y) const {
        // From the closer of 0 and 1 on, see _binary_cross_entropy.
        const bool upper = p >= T(0.5);
        T distance = upper ? 1 - p : p, near = at_least(epsilon, distance), y_near = upper ? 1 - y : y;
        T slope = (1 - y_near) / (1 - near) - y_near / near;
        slope = distance < epsilon ? 0 : upper ? -slope : slope;
        return {-(y_near * log(near) + (1 - y_near) * log1p_near(-near)), slope};
    }
};

template <class T> struct Focal : ShareLabel {  // α (1-p)^γ y softplus(-x) + (1-α) p^γ (1-y) softplus(x)
    T positive, negative, gamma;
    explicit Focal(const double* settings)
        : positive(T(settings[0])), negative(T(settings[1])), gamma(T(settings[2])) {}
    INLINE Result<T> operator()(T x, T y) const {
        Logit<T> logit(x);
        return of(logit, y, logit.power_of_no(gamma), logit.power_of_yes(gamma));
    }
    INLINE Result<T> of(const Logit<T>& logit, T y, T power_of_no, T power_of_yes) const {
        T rise = logit.softplus(), fall = logit.softminus();
        T yes = positive * y * power_of_no, no = negative * (1 - y) * power_of_yes;
        return {yes * fall + no * rise,
                no * (gamma * logit.no * rise + logit.yes) - yes * (gamma * logit.yes * fall + logit.no)};
    }
};

template <class T> struct SquareFocal : ShareLabel {  // with γ = 2, which nearly everybody uses
    Focal<T> focal;
    explicit SquareFocal(const double* settings) : focal(settings) {}
    INLINE Result<T> operator()(T x, T y) const {
        Logit<T> logit(x);
        return focal.of(logit, y, logit.no * logit.no, logit.yes * logit.yes);
    }
};

template <class T> struct PolyFocal : ShareLabel {  // focal + ε (1 - p_t)^(γ+1), p_t = y p + (1-y) (1-p)
    Focal<T> focal;
    T epsilon;
    explicit PolyFocal(const double* settings) : focal(settings), epsilon(T(settings[3])) {}
    INLINE Result<T> operator()(T x, T y) const {
        Logit<T> logit(x);
        Result<T> base = focal.of(logit, y, logit.power_of_no(focal.gamma), logit.power_of_yes(focal.gamma));
        T miss = y * logit.no + (1 - y) * logit.yes;
        T power = y == 1   ? logit.power_of_no(focal.gamma)
                  : y == 0 ? logit.power_of_yes(focal.gamma)
                           : decay(focal.gamma * log(miss));
        T more = epsilon * power;
        return {base.value + more * miss,
                base.slope + (focal.gamma + 1) * more * (1 - 2 * y) * logit.yes * logit.no};
    }
};

// ------------------------------------------------------------------------------------------ margins

template <class T> struct Hinge : SignLabel {  // max(0, m - y f)
    T margin;
    explicit Hinge(const double* settings) : margin(T(settings[0])) {}
    INLINE Result<T> operator()(T f, T y) const {
        T lack = margin - y * f;
        return {lack <= 0 ? T(0) : lack, lack <= 0 ? T(0) : -y};
    }
};

template <class T> struct SquaredHinge : SignLabel {  // max(0, m - y f)²
    T margin;
    explicit SquaredHinge(const double* settings) : margin(T(settings[0])) {}
    INLINE Result<T> operator()(T f, T y) const {
        T lack = margin - y * f, part = lack <= 0 ? T(0) : lack;
        return {part * part, -2 * y * part};
    }
};

template <class T> struct Ranking : SignLabel {  // max(0, m - y (f - g)), in float64
    static constexpr bool of_lead = true;
    double margin;
    explicit Ranking(const double* settings) : margin(settings[0]) {}
    INLINE Result<T> operator()(T f, T g, T y) const {
        double lack = margin - double(y) * (double(f) - double(g));
        return {lack <= 0 ? T(0) : T(lack), lack <= 0 ? T(0) : -y};
    }
};

template <class T> struct Exponential : SignLabel {  // exp(-y f)
    explicit Exponential(const double*) {}
    INLINE Result<T> operator()(T f, T y) const {
        T value = exp(-y * f);
        return {value, -y * value};
    }
};

template <class T> struct Logistic : SignLabel {  // softplus(-y f)
    explicit Logistic(const double*) {}
    INLINE Result<T> operator()(T f, T y) const {
        Logit<T> logit(-y * f);
        return {logit.softplus(), -y * logit.yes};
    }
};

}  // namespace ISA
