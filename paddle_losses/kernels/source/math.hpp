// Elementary functions that a compiler can vectorise: no branch, no call, no table.
//
// Bounds, in units in the last place of the result, as tools/kernel_accuracy.py measures them against 80 bits
// and tests/kernels/test_functions.py holds them: exp and decay 1.1, ExpNear 1, expm1_below 1.2, log 1,
// log1p_near 1.2 (1.8 without division), arctan 2.4.
// Polynomials are Chebyshev fits of the functions named beside them; their own error is below 0.15 ulp.
// A NaN goes through: every select is written so that a false comparison keeps the argument.
#pragma once

#include <cmath>
#include <cstdint>
#include <cstring>

// A loop with a call in it is not vectorised, and the compiler would leave some.
#if defined(_MSC_VER)
#define INLINE __forceinline
#else
#define INLINE inline __attribute__((always_inline))
#endif

namespace ISA {

template <class T> struct Float;

template <> struct Float<float> {
    using Bits = uint32_t;
    static constexpr int mantissa = 23, bias = 127;
    static constexpr float round = 12582912.0f;  // 1.5 · 2^23: added and taken off, it rounds
    static constexpr float two_64 = 18446744073709551616.0f;
    static constexpr float log2_e = 1.44269504088896341f;
    static constexpr float log2_e_low = 1.92596299e-8f;                                  // what log2_e lacks
    static constexpr float ln2_high = 0.693359375f, ln2_low = -2.12194440054690583e-4f;  // high: 9 bits
    static constexpr float exp_least = -105, exp_most = 89;  // beyond: 0 and infinity
    static constexpr float smallest_normal = 1.17549435e-38f, largest = 3.40282347e38f;
    static constexpr Bits root_half = 0x3f3504f3, one = 0x3f800000;
    static constexpr float lift = 16777216.0f, lifted = 24;  // what makes every number normal
    // (exp(r) - 1 - r) / r², |r| <= log(2) / 2
    static constexpr float exp[] = {0.5f, 0.166665769896987757f, 0.0416665546172045742f,
                                    0.00836317905272257737f, 0.00139261835877134945f};
    // (2^r - 1) / r, |r| <= 1/2
    static constexpr float exp2[] = {0.693147188026228781f,   0.240226507605681269f,
                                     0.0555035711421907782f,  0.00961808255727785149f,
                                     0.00133908633646712344f, 0.000154531629451206902f};
    // (2 artanh(s) - 2 s) / s³ in s², |s| <= 1/3
    static constexpr float log[] = {0.666666673208715033f, 0.399997062068249662f, 0.285923647951976165f,
                                    0.217064609971956923f, 0.232249217712145817f};
    // (u - log(1 + u)) / u², 0 <= u <= 1
    static constexpr float log1p[] = {
        0.499999969830840257f,  -0.333328418873713467f,  0.249865261681872793f,
        -0.19854106231202432f,  0.158475657204594699f,   -0.115618454463667484f,
        0.0667577250631736123f, -0.0252240543466625993f, 0.00446621160126570798f};
    // log(cosh(a)) / a² in a², 0 <= a <= 0.8
    static constexpr float log_cosh[] = {0.499999995391325112f,   -0.0833328133202167527f,
                                         0.0222125911946298577f,  -0.00667966925983926222f,
                                         0.00197387317724311682f, -0.000400130430108829505f};
};

template <> struct Float<double> {
    using Bits = uint64_t;
    static constexpr int mantissa = 52, bias = 1023;
    static constexpr double round = 6755399441055744.0;  // 1.5 · 2^52
    static constexpr double two_64 = 18446744073709551616.0;
    static constexpr double log2_e = 1.44269504088896341;
    static constexpr double ln2_high = 6.93147180369123816490e-01, ln2_low = 1.90821492927058770002e-10;
    static constexpr double exp_least = -750, exp_most = 710;
    static constexpr double smallest_normal = 2.2250738585072014e-308, largest = 1.7976931348623157e308;
    static constexpr Bits root_half = 0x3fe6a09e667f3bcd, one = 0x3ff0000000000000;
    static constexpr double lift = 18014398509481984.0, lifted = 54;
    static constexpr double exp[] = {0.5,
                                     0.16666666666666671,
                                     0.0416666666666666698,
                                     0.00833333333332613513,
                                     0.00138888888888837483,
                                     0.000198412698748206253,
                                     0.0000248015873255477412,
                                     2.75572554002064244e-6,
                                     2.75572736431102953e-7,
                                     2.51052170047207452e-8,
                                     2.09146869680868772e-9};
    static constexpr double log[] = {0.666666666666666669,  0.39999999999999522,  0.285714285716002643,
                                     0.222222221982161125,  0.18181819899267959,  0.153845439177531645,
                                     0.133351796615157103,  0.117342651793765931, 0.108452910327798128,
                                     0.0749163946067326557, 0.156315347074312245};
    static constexpr double log_cosh[] = {0.5,
                                          -0.0833333333333331713,
                                          0.022222222222205719,
                                          -0.00674603174536793688,
                                          0.00218694883964300313,
                                          -0.0007386027840523227,
                                          0.000256579118962355819,
                                          -0.0000909814726906991671,
                                          0.0000327470214784835158,
                                          -0.0000118655680976048685,
                                          4.2220821117609959e-6,
                                          -1.37412374643584945e-6,
                                          3.48937473794905166e-7,
                                          -4.87372346276601833e-8};
    // (arctan(t) - t) / t³ in t², |t| <= tan(π / 8)
    static constexpr double arctan[] = {
        -0.333333333333333332,  0.199999999999998043,  -0.142857142856597778,  0.111111111051505879,
        -0.0909090875325911294, 0.0769229636804229712, -0.0666642476020052014, 0.0587892755447380676,
        -0.0523044364068694771, 0.0455154473402216165, -0.0345693150633260898, 0.0162843750500433944};
};

template <class T> using BitsOf = typename Float<T>::Bits;

template <class T> INLINE BitsOf<T> bits_of(T x) {
    BitsOf<T> bits;
    std::memcpy(&bits, &x, sizeof bits);
    return bits;
}

template <class T> INLINE T of_bits(BitsOf<T> bits) {
    T x;
    std::memcpy(&x, &bits, sizeof x);
    return x;
}

#if defined(__FMA__) || defined(__aarch64__)
constexpr bool has_fma = true;
#else
constexpr bool has_fma = false;
#endif

// a b + c, rounded once where the machine can.
template <class T> INLINE T fma(T a, T b, T c) {
    if constexpr (!has_fma) return a * b + c;
    else if constexpr (sizeof(T) == 4) return __builtin_fmaf(a, b, c);
    else return __builtin_fma(a, b, c);
}

// a b + c, rounded once on every machine: float32 in float64 where there is no instruction for it.
template <class T> INLINE T exact_fma(T a, T b, T c) {
    if constexpr (!has_fma && sizeof(T) == 4) return T(double(a) * double(b) + double(c));
    else return fma(a, b, c);
}

template <class T, int N> INLINE T polynomial(T x, const T (&coefficients)[N]) {
    T sum = coefficients[N - 1];
#pragma GCC unroll 16
    for (int k = N - 2; k >= 0; --k)
        sum = fma(sum, x, coefficients[k]);
    return sum;
}

template <class T> INLINE T absolute(T x) { return x < 0 ? -x : x; }
template <class T> INLINE T positive_part(T x) { return x < 0 ? T(0) : x; }
template <class T> INLINE T at_least(T bound, T x) { return x < bound ? bound : x; }
template <class T> INLINE T at_most(T bound, T x) { return x > bound ? bound : x; }

// An unevaluated sum: `low` is what rounding took from `high`.
template <class T> struct Pair {
    T high, low;
};

template <class T> INLINE Pair<T> exact_sum(T a, T b) {
    T sum = a + b, of_b = sum - a;
    return {sum, (a - (sum - of_b)) + (b - of_b)};
}

template <class T> INLINE Pair<T> exact_product(T a, T b) {
    T product = a * b;
    return {product, exact_fma(a, b, -product)};
}

// 1 / (1 + u) for 0 <= u <= 1, rounded once.
template <class T> INLINE T share_of_one(T u) {
    T sum = 1 + u, rest = u - (sum - 1), share = 1 / sum;
    return share + share * (exact_fma(-share, sum, T(1)) - share * rest);
}

// x = n log 2 + r with |r| <= log(2) / 2. `n` plus F::round holds n in its last bits.
template <class T> struct Reduced {
    T shifted, n, r;
    INLINE explicit Reduced(T x) {
        using F = Float<T>;
        shifted = fma(x, F::log2_e, F::round);
        n = shifted - F::round;
        r = fma(-n, F::ln2_low, fma(-n, F::ln2_high, x));
    }
    // 2^(n + more), for exponents of normal numbers.
    INLINE T power_of_two(int more) const {
        using F = Float<T>;
        return of_bits<T>((bits_of(shifted) + BitsOf<T>(F::bias + more)) << F::mantissa);
    }
};

template <class T> INLINE T exp_near(T r) { return fma(r * r, polynomial(r, Float<T>::exp), r) + 1; }

// exp(x + tail) for every x and a tail far below 1.
template <class T> INLINE T exp(T x, T tail = 0) {
    using F = Float<T>;
    Reduced<T> at(at_most(F::exp_most, at_least(F::exp_least, x)));
    // In two steps, because 2^n may not be a number.
    const bool large = x > 0;
    T scale = large ? at.power_of_two(-64) : at.power_of_two(64), rest = large ? F::two_64 : 1 / F::two_64;
    return exp_near(at.r + tail) * scale * rest;
}

// exp(x) for x <= 0: with a tail of 0, the compiler would keep the addition.
template <class T> INLINE T decay(T x) {
    using F = Float<T>;
    Reduced<T> at(at_least(F::exp_least, x));
    return exp_near(at.r) * at.power_of_two(64) * (1 / F::two_64);
}

// exp(x + tail) for x <= 0 and a tail far below 1.
template <class T> INLINE T decay(T x, T tail) {
    using F = Float<T>;
    Reduced<T> at(at_least(F::exp_least, x));
    return exp_near(at.r + tail) * at.power_of_two(64) * (1 / F::two_64);
}

// exp(x) by a power of two near the exp of `top`, for x <= top: so the difference of the two is not formed,
// of which a float would lose digits.
struct ExpNear {
    static constexpr float most = 1 << 20;  // of |top|: log2 e times it has to be rounded to a whole number
    float least;
    uint32_t exponent;
    double unit;  // that power of two, by the exp of the top

    explicit ExpNear(float top) {
        const Reduced<double> at(top);
        least = top + Float<float>::exp_least;
        exponent = uint32_t(64 + Float<float>::bias - int32_t(at.n)) - bits_of(Float<float>::round);
        unit = exp(-at.r);
    }
    INLINE float operator()(float x) const {
        using F = Float<float>;
        x = at_least(least, x);
        float shifted = fma(x, F::log2_e, F::round), n = shifted - F::round;
        float r = fma(x, F::log2_e_low, fma(x, F::log2_e, -n));
        // In two steps, because the power may not be a normal number.
        float scale = of_bits<float>((bits_of(shifted) + exponent) << F::mantissa);
        return fma(r, polynomial(r, F::exp2), 1.0f) * scale * (1 / F::two_64);
    }
};

// exp(x) - 1 for x <= 0, relatively accurate.
template <class T> INLINE T expm1_below(T x) {
    using F = Float<T>;
    Reduced<T> at(at_least(T(-80), x));
    T scale = at.power_of_two(0);
    return fma(scale, fma(at.r * at.r, polynomial(at.r, F::exp), at.r), scale - 1);
}

// log(1 + f) = f - what this is, for -1/2 <= f <= 1; less `more`.
template <class T> INLINE T log1p_remainder(T f, T more = 0) {
    T s = f / (2 + f), half_square = T(0.5) * f * f, z = s * s;
    return half_square - fma(s, fma(z, polynomial(z, Float<T>::log), half_square), more);
}

template <class T> INLINE T log1p_near(T f, T more = 0) { return f - log1p_remainder(f, more); }

// f of x = 2^n (1 + f) for positive x, 1 + f in [√½, √2).
template <class T> INLINE T mantissa(T x, T& n) {
    using F = Float<T>;
    const bool tiny = x < F::smallest_normal;
    BitsOf<T> bits = bits_of<T>(tiny ? x * F::lift : x) + (F::one - F::root_half);
    n = of_bits<T>((bits >> F::mantissa) + bits_of<T>(F::round)) - (F::round + F::bias);
    n = tiny ? n - F::lifted : n;
    return of_bits<T>((bits & ((BitsOf<T>(1) << F::mantissa) - 1)) + F::root_half) - 1;
}

// u - log(1 + u) for 0 <= u <= 1.
template <class T> INLINE T log1p_remainder_of_share(T u) {
    if constexpr (sizeof(T) == 4) return u * u * polynomial(u, Float<T>::log1p);  // no division
    else return log1p_remainder(u);
}

// log(x): NaN below 0, -inf at 0.
template <class T> INLINE T log(T x) {
    using F = Float<T>;
    T n, f = mantissa(x, n);
    T result = fma(n, F::ln2_high, log1p_near<T>(f, n * F::ln2_low));
    result = x > 0 ? result : x < 0 ? T(NAN) : x == 0 ? -T(INFINITY) : x;
    return x > F::largest ? x : result;
}

// The upper half of the digits of x: a product of two such halves is exact.
inline double upper_half(double x) { return of_bits<double>(bits_of(x) & ~uint64_t(0x7ffffff)); }

// x^p for finite x >= 0, of the p it is made of; 0^0 is 1. Within 1.5 ulp for |p| <= 5, and p / 5 beyond.
struct Power {
    double p, high, of_zero;
    explicit Power(double p) : p(p), high(upper_half(p)), of_zero(p > 0 ? 0 : p < 0 ? INFINITY : 1) {}
    double operator()(double x) const {
        using F = Float<double>;
        double n, f = mantissa(x, n);
        const Pair<double> sum = exact_sum(n * F::ln2_high, f);
        const Pair<double> log = exact_sum(sum.high, sum.low - log1p_remainder(f, n * F::ln2_low));
        const double log_high = upper_half(log.high), log_low = (log.high - log_high) + log.low;
        const double power = exp(high * log_high, p * log_low + (p - high) * log_high);
        return x > 0 ? power : x == 0 ? of_zero : x;
    }
};

// arctan(y / x) for x >= 0, not both 0.
INLINE double arctan(double y, double x) {
    // Turned by 45° where that brings it nearer to 0: |t| <= tan(π/8).
    double size = absolute(y), steep = size > x ? 1 : 0;
    double small = steep ? x : size, large = steep ? size : x;
    const bool turned = small > 0.41421356237309503 * large;
    double t = turned ? (small - large) / (small + large) : small / large, z = t * t;
    double angle = fma(t * z, polynomial(z, Float<double>::arctan), t);
    angle = turned ? 0.78539816339744831 + angle : angle;
    angle = steep ? 1.5707963267948966 - angle : angle;
    return y < 0 ? -angle : angle;
}

}  // namespace ISA
