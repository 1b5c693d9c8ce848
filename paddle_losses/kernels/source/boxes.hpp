// The losses of two boxes: value, and gradient by the four numbers of the predicted one.
//
// All of it in float64, with the formulas, the order of operations and the conventions at ties and kinks
// of functional/_boxes.py: here too every loss is its formula, on top of geometry that all share. The
// derivatives come along with every number (forward mode), only those that it has: a width does not
// depend on the vertical coordinates. No branches, so that the loop over boxes is vectorised.
#pragma once

#include "memory.hpp"

#if defined(__GNUC__)
#define FLATTEN __attribute__((flatten))  // one call left in a loop, and it is not vectorised
#else
#define FLATTEN
#endif

namespace ISA {

// A number and its derivatives by the coordinates x1, y1, x2, y2 whose bits are in `by`.
template <unsigned by> struct Dual {
    double value, slope[4] = {0, 0, 0, 0};
};

using Constant = Dual<0>;

constexpr bool has(unsigned by, int k) { return by >> k & 1; }

template <unsigned by, int k> inline Dual<by & 1u << k> variable(double value) {
    Dual<by & 1u << k> result{value};
    if (by) result.slope[k] = 1;
    return result;
}

// f(x, y) from its value and its two derivatives.
template <unsigned a, unsigned b>
inline Dual<a | b> chain(double value, Dual<a> x, double by_x, Dual<b> y, double by_y) {
    Dual<a | b> result{value};
#pragma GCC unroll 4
    for (int k = 0; k < 4; ++k) {
        if (has(a, k) && has(b, k)) result.slope[k] = x.slope[k] * by_x + y.slope[k] * by_y;
        else if (has(a, k)) result.slope[k] = x.slope[k] * by_x;
        else if (has(b, k)) result.slope[k] = y.slope[k] * by_y;
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
    return chain(0, chain(0, x, 1, y, -quotient), inverse, Constant{0}, 0, quotient);
}

template <unsigned a> inline Dual<a> operator*(double x, Dual<a> y) { return chain(x * y.value, y, x); }

}  // namespace ISA
