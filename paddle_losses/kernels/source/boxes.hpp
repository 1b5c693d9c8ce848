// The losses of two boxes: value, and gradient by the four numbers of the predicted one.
//
// All of it in float64, with the formulas, the order of operations and the conventions at ties and kinks
// of functional/_boxes.py; here too every loss is its formula on top of geometry that all share. Every
// number brings its derivatives along (forward mode), but only those it has: a width does not depend on
// vertical coordinates. There is no branch, so that the loop over boxes is vectorised.
#pragma once

#include "memory.hpp"

#if defined(__GNUC__)
#define FLATTEN __attribute__((flatten, noinline))  // one call left in a loop, and it is not vectorised
#else
#define FLATTEN
#endif

namespace ISA {

// ------------------------------------------------------------------------- numbers with derivatives

// A number and its derivatives by those of x1, y1, x2, y2 whose bits are in `by`.
template <unsigned by> struct Dual {
    double value, slope[4] = {0, 0, 0, 0};
};

using Constant = Dual<0>;

template <unsigned by> inline Dual<by> variable(double value) {
    return {value, {by & 1 ? 1. : 0., by & 2 ? 1. : 0., by & 4 ? 1. : 0., by & 8 ? 1. : 0.}};
}

// f(x, y), from its value and its two derivatives.
template <unsigned a, unsigned b>
inline Dual<a | b> chain(double value, Dual<a> x, double by_x, Dual<b> y, double by_y) {
    Dual<a | b> result{value};
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
        const bool of_x = a >> k & 1, of_y = b >> k & 1;
        if (of_x && of_y) result.slope[k] = x.slope[k] * by_x + y.slope[k] * by_y;
        else if (of_x) result.slope[k] = x.slope[k] * by_x;
        else if (of_y) result.slope[k] = y.slope[k] * by_y;
    }
    return result;
}

template <unsigned a> inline Dual<a> chain(double value, Dual<a> x, double by_x) {
    return chain(value, x, by_x, Constant{0}, 0);
}

template <unsigned a, unsigned b> inline Dual<a | b> operator+(Dual<a> x, Dual<b> y) {
    return chain(x.value + y.value, x, 1, y, 1);
}
template <unsigned a, unsigned b> inline Dual<a | b> operator-(Dual<a> x, Dual<b> y) {
    return chain(x.value - y.value, x, 1, y, -1);
}
template <unsigned a, unsigned b> inline Dual<a | b> operator*(Dual<a> x, Dual<b> y) {
    return chain(x.value * y.value, x, y.value, y, x.value);
}
template <unsigned a, unsigned b> inline Dual<a | b> operator/(Dual<a> x, Dual<b> y) {
    const double quotient = x.value / y.value, inverse = 1 / y.value;
    return chain(quotient, x, inverse, y, -quotient * inverse);
}
template <unsigned a> inline Dual<a> operator*(double by, Dual<a> x) { return chain(by * x.value, x, by); }

// `x` where it is wanted, else a constant.
template <unsigned a> inline Dual<a> where(bool wanted, Dual<a> x, double otherwise) {
    Dual<a> result{wanted ? x.value : otherwise};
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k)
        if (a >> k & 1) result.slope[k] = wanted ? x.slope[k] : 0;
    return result;
}

template <unsigned a> inline Dual<a> positive_part(Dual<a> x) { return where(!(x.value <= 0), x, 0); }
template <unsigned a> inline Dual<a> at_least(double bound, Dual<a> x) {
    return where(!(x.value < bound), x, bound);
}

// How much of the lesser of the two is `a`, as in functional/_math.py.
inline double share(double a, double b) { return a < b ? 1 : a <= b ? 0.5 : 0; }

template <unsigned a, unsigned b> inline Dual<a | b> mixed(Dual<a> x, double of_x, Dual<b> y) {
    return chain(x.value * of_x + y.value * (1 - of_x), x, of_x, y, 1 - of_x);
}
template <unsigned a, unsigned b> inline Dual<a | b> lesser(Dual<a> x, Dual<b> y) {
    return mixed(x, share(x.value, y.value), y);
}
template <unsigned a, unsigned b> inline Dual<a | b> greater(Dual<a> x, Dual<b> y) {
    return mixed(y, share(x.value, y.value), x);
}

template <unsigned a> inline Dual<a> log(Dual<a> x) { return chain(log(x.value), x, 1 / x.value); }

// ------------------------------------------------------------------------------------------ geometry

// Two boxes along one axis.
template <unsigned by> struct Axis {
    Dual<by> size, common, frame, between;  // `between`: the centres
    Constant other;                         // size of the label
};

template <unsigned a, unsigned b> inline Axis<a | b> along(Dual<a> low, Dual<b> high, Constant low2,
                                                           Constant high2) {
    const double right = low.value < high.value ? 1 : 0, right2 = low2.value < high2.value ? 1 : 0;
    return {high - low, lesser(high, high2) - greater(low, low2),
            greater(mixed(high, right, low), mixed(high2, right2, low2)) -
                lesser(mixed(low, right, high), mixed(low2, right2, high2)),
            0.5 * ((low - low2) + (high - high2)), high2 - low2};
}

template <unsigned a, unsigned b> inline Dual<a | b> area(Dual<a> width, Dual<b> height) {
    return positive_part(width) * positive_part(height);
}

// What the losses are made of; what one does not use is not computed. `by`: 15, or 0 for the value alone.
template <unsigned by> struct Comparison {
    Axis<by & 5> x;
    Axis<by & 10> y;
    double epsilon;
    Dual<by> miss, iou, whole;  // 1 - IoU, IoU, area of the union

    Comparison(const double (&box)[4], const double (&label)[4], double epsilon)
        : x(along(variable<by & 1>(box[0]), variable<by & 4>(box[2]), Constant{label[0]},
                  Constant{label[2]})),
          y(along(variable<by & 2>(box[1]), variable<by & 8>(box[3]), Constant{label[1]},
                  Constant{label[3]})),
          epsilon(epsilon) {
        Dual<by> common = area(x.common, y.common), mine = area(x.size, y.size);
        Constant other = area(x.other, y.other);
        Dual<by> small = lesser(mine, other), large = greater(mine, other);
        whole = large + (small - common);
        Dual<by> divisor = at_least(epsilon, whole);
        miss = ((large - common) + (small - common) + (divisor - whole)) / divisor;
        iou = common / divisor;
    }

    Dual<by> uncovered() const {  // (C - U) / C
        Dual<by> frame = x.frame * y.frame;
        return positive_part(frame - whole) / at_least(epsilon, frame);
    }

    Dual<by> distance() const {  // ρ² / c²
        return (x.between * x.between + y.between * y.between) /
               at_least(epsilon, x.frame * x.frame + y.frame * y.frame);
    }

    Dual<by> resize() const {  // Δw² / C_w² + Δh² / C_h²
        auto width = x.size - x.other;
        auto height = y.size - y.other;
        return width * width / at_least(epsilon, x.frame * x.frame) +
               height * height / at_least(epsilon, y.frame * y.frame);
    }

    Dual<by> aspect() const {  // α v, α held
        Dual<by> turn = angle(), v = 0.40528473456935109 * (turn * turn);
        return v.value / at_least(epsilon, miss + v).value * v;
    }

    Dual<by> angle() const {  // between the diagonals; 0 if one has no length
        auto width = positive_part(x.size), other_width = positive_part(x.other);
        auto height = positive_part(y.size), other_height = positive_part(y.other);
        Dual<by> cross = other_width * height - width * other_height;
        Dual<by> dot = height * other_height + width * other_width;
        dot = where(!(absolute(cross.value) + dot.value <= 0), dot, 1);
        const double square = cross.value * cross.value + dot.value * dot.value;
        return chain(arctan(cross.value, dot.value), cross, dot.value / square, dot, -cross.value / square);
    }
};

// -------------------------------------------------------------------------------------------- losses

struct NoSetting {
    explicit NoSetting(const double*) {}
};

struct IoU : NoSetting {
    using NoSetting::NoSetting;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const { return at.miss; }
};

struct LogIoU : NoSetting {
    using NoSetting::NoSetting;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return -1 * log(at_least(at.epsilon, at.iou));
    }
};

struct GIoU : NoSetting {
    using NoSetting::NoSetting;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return at.miss + at.uncovered();
    }
};

struct DIoU : NoSetting {
    using NoSetting::NoSetting;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return at.miss + at.distance();
    }
};

struct CIoU : NoSetting {
    using NoSetting::NoSetting;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return at.miss + at.distance() + at.aspect();
    }
};

struct EIoU : NoSetting {
    using NoSetting::NoSetting;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return at.miss + at.distance() + at.resize();
    }
};

struct FocalEIoU {  // IoU^γ held
    Power power;
    explicit FocalEIoU(const double* settings) : power(settings[1]) {}
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return power(at.iou.value) * (at.miss + at.distance() + at.resize());
    }
};

struct Raised {  // x^α; for α < 1 it is x max(x, ε)^(α-1)
    double alpha, bound;
    Power power;
    explicit Raised(const double* settings)
        : alpha(settings[1]), bound(alpha < 1 ? settings[0] : 0), power(alpha - 1) {}
    template <unsigned by> Dual<by> raised(Dual<by> x) const {
        const bool straight = x.value < bound;
        const double factor = power(straight ? bound : x.value);
        return chain(x.value * factor, x, straight ? factor : alpha * factor);
    }
};

struct AlphaIoU : Raised {
    using Raised::Raised;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return Constant{1} - raised(at.iou);
    }
};

struct AlphaGIoU : AlphaIoU {
    using AlphaIoU::AlphaIoU;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return AlphaIoU::operator()(at) + raised(at.uncovered());
    }
};

struct AlphaDIoU : AlphaIoU {
    using AlphaIoU::AlphaIoU;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return AlphaIoU::operator()(at) + raised(at.distance());
    }
};

struct AlphaCIoU : AlphaDIoU {
    using AlphaDIoU::AlphaDIoU;
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        return AlphaDIoU::operator()(at) + raised(at.aspect());
    }
};

struct RIoU {  // a (ln max(u, 1) + min(u, 1)² / 2) with u = (1 - IoU) / (1 - β)
    double rest, divisor;
    explicit RIoU(const double* settings) : rest(1 - settings[1]), divisor(0.5 - log(rest)) {}
    template <unsigned by> Dual<by> operator()(const Comparison<by>& at) const {
        Dual<by> u = at.miss / Constant{rest};
        Dual<by> far = where(!(u.value < 1), u, 1), near = where(!(u.value >= 1), u, 1);
        return (log(far) + 0.5 * (near * near)) / Constant{divisor};
    }
};

// ---------------------------------------------------------------------------------------------- pass

constexpr int boxes_at_once = 128, group = 16;  // of a group, every machine makes whole vectors

using Columns = double[4][boxes_at_once];

// Reads rows of four numbers into columns of float64, as corners.
template <class T> inline void read_boxes(Operand tensor, bool centred, int64_t start, int count,
                                          Columns& to) {
    T buffer[4 * boxes_at_once];
    const T* from = load(tensor, 4 * start, 4 * count, buffer);
    for (int j = 0; j < count; ++j) {
        for (int k = 0; k < 4; ++k)
            to[k][j] = double(from[4 * j + k]);
    }
    for (int k = 0; centred && k < 2; ++k) {
        for (int j = 0; j < count; ++j) {
            const double centre = to[k][j], half = 0.5 * to[k + 2][j];
            to[k][j] = centre - half;
            to[k + 2][j] = centre + half;
        }
    }
}

// Writes the gradient by the corners as that by what was read.
template <class T> inline void write_boxes(Target tensor, bool centred, int64_t start, int count,
                                           Columns& slope) {
    for (int k = 0; centred && k < 2; ++k) {
        for (int j = 0; j < count; ++j) {
            const double low = slope[k][j], high = slope[k + 2][j];
            slope[k][j] = low + high;
            slope[k + 2][j] = 0.5 * (high - low);
        }
    }
    T buffer[4 * boxes_at_once], *to = place(tensor, 4 * start, buffer);
    for (int j = 0; j < count; ++j) {
        for (int k = 0; k < 4; ++k)
            to[4 * j + k] = T(slope[k][j]);
    }
    store(tensor, 4 * start, 4 * count, to);
}

// Values, and slopes times their factors, of `count` boxes rounded up to whole groups.
template <class Loss, bool with_slope>
FLATTEN void compare(const double* settings, int count, const Columns& box, const Columns& label,
                     const double* __restrict factor, double* __restrict value, Columns& __restrict slope) {
    constexpr unsigned by = with_slope ? 15 : 0;
    const Loss loss(settings);
    const double epsilon = settings[0];
    for (int64_t start = 0; start < count; start += group) {
        for (int k = 0; k < group; ++k) {  // so often whatever may overflow (-fwrapv)
            const int64_t j = start + k;
            const Comparison<by> at({box[0][j], box[1][j], box[2][j], box[3][j]},
                                    {label[0][j], label[1][j], label[2][j], label[3][j]}, epsilon);
            const Dual<by> result = loss(at);
            value[j] = result.value;
            if (with_slope) {
                slope[0][j] = result.slope[0] * factor[j];
                slope[1][j] = result.slope[1] * factor[j];
                slope[2][j] = result.slope[2] * factor[j];
                slope[3][j] = result.slope[3] * factor[j];
            }
        }
    }
}

using Compare = decltype(&compare<IoU, true>);

template <class T> Part pass_of_boxes(const Boxes& job, Compare compare, int64_t begin, int64_t end) {
    Columns box = {}, label = {}, slope;
    double value[boxes_at_once], factor[boxes_at_once];
    T buffer[boxes_at_once];
    Sum sum;
    for (double& each : factor)
        each = job.scale;
    for (int64_t start = begin; start < end; start += boxes_at_once) {
        const int count = int(end - start < boxes_at_once ? end - start : boxes_at_once);
        read_boxes<T>(job.input, job.centred, start, count, box);
        read_boxes<T>(job.label, job.centred, start, count, label);
        if (job.upstream.data) {
            const T* up = load(job.upstream, start, count, buffer);
            for (int j = 0; j < count; ++j)
                factor[j] = job.scale * double(up[j]);
        }
        compare(job.settings, count, box, label, factor, value, slope);
        sum.add(value, count);
        if (job.value.data) {
            T* to = static_cast<T*>(job.value.data) + start;
            for (int j = 0; j < count; ++j)
                to[j] = T(value[j]);
        }
        if (job.gradient.data) write_boxes<T>(job.gradient, job.centred, start, count, slope);
    }
    return {sum.total(), true};
}

template <class Loss> constexpr Compare both[] = {compare<Loss, false>, compare<Loss, true>};

inline Part boxes(const Boxes& job, int64_t begin, int64_t end) {
    // In the order of `LOSSES` in kernels/_boxes.py.
    static constexpr const Compare* losses[] = {
        both<IoU>,       both<LogIoU>,   both<GIoU>,      both<DIoU>,      both<CIoU>,      both<EIoU>,
        both<FocalEIoU>, both<AlphaIoU>, both<AlphaGIoU>, both<AlphaDIoU>, both<AlphaCIoU>, both<RIoU>,
    };
    const Compare compare = losses[job.loss][job.gradient.data ? 1 : 0];
    return job.input.type == FLOAT64 ? pass_of_boxes<double>(job, compare, begin, end)
                                     : pass_of_boxes<float>(job, compare, begin, end);
}

}  // namespace ISA
