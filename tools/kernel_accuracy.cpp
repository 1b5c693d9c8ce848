// How far the elementary functions of math.hpp are from those of the C library in 80 bits, in ulps; see
// kernel_accuracy.py. Compiled with -DISA=… for one kind of machine.
#include "math.hpp"

#include <cstdio>
#include <random>

namespace {

template <class T> double ulps(T got, long double exact) {
    if (std::fabs(exact) < (long double)(ISA::Float<T>::smallest_normal)) return 0;
    const T nearest = T(exact), next = std::nextafter(std::fabs(nearest), T(INFINITY));
    return double(std::fabs(got - exact) / (next - std::fabs(nearest)));
}

// The worst of a million numbers from low to high, even by value and even by magnitude.
template <class T, class Ours, class Exact>
void measure(const char* name, double low, double high, Ours ours, Exact exact) {
    std::mt19937_64 random(0);
    std::uniform_real_distribution<double> share(0, 1);
    const double end = high > 0 ? high : -low, sign = high > 0 ? 1 : -1;
    double worst = 0;
    for (int i = 0; i < 1000000; ++i) {
        const double even = low + share(random) * (high - low),
                     small = sign * end * std::pow(10, -12 * share(random));
        const T x = T(i % 2 || small < low || small > high ? even : small);
        const double error = ulps<T>(ours(x), exact((long double)x));
        if (error > worst) worst = error;
    }
    std::printf("%-12s %-7s [%g, %g]: %.2f ulp\n", name, sizeof(T) == 4 ? "float32" : "float64", low, high,
                worst);
}

template <class T> void all(double least, double most) {
    measure<T>(
        "exp", least, most, [](T x) { return ISA::exp<T>(x); }, [](long double x) { return std::exp(x); });
    measure<T>(
        "decay", least, 0, [](T x) { return ISA::decay<T>(x); }, [](long double x) { return std::exp(x); });
    measure<T>(
        "expm1_below", -50, 0, [](T x) { return ISA::expm1_below<T>(x); },
        [](long double x) { return std::expm1(x); });
    measure<T>("log", 0, 1e30, [](T x) { return ISA::log<T>(x); }, [](long double x) { return std::log(x); });
    measure<T>("log", 0.5, 2, [](T x) { return ISA::log<T>(x); }, [](long double x) { return std::log(x); });
    measure<T>(
        "log1p_near", -0.5, 1, [](T x) { return ISA::log1p_near<T>(x); },
        [](long double x) { return std::log1p(x); });
    measure<T>(
        "log1p, share", 0, 1, [](T u) { return u - ISA::log1p_remainder_of_share<T>(u); },
        [](long double x) { return std::log1p(x); });
}

// exp(x - top), which softmax.hpp takes so where there are fused multiplications.
void near_a_top(float top) {
    if (!ISA::has_fma) return;
    const ISA::ExpNear near(top);
    measure<float>(
        "ExpNear", double(top) - 87, top, [&](float x) { return near(x); },
        [&](long double x) { return std::exp(x - top) / (long double)(near.unit); });
}

}  // namespace

int main() {
    all<float>(-87, 88);
    for (float top : {-1e6f, -500.0f, -1.0f, 0.1f, 30.0f, 1000.0f, ISA::ExpNear::most})
        near_a_top(top);
    all<double>(-708, 709);
    measure<double>(
        "arctan", -100, 100, [](double t) { return ISA::arctan(t, 1); },
        [](long double t) { return std::atan(t); });
}
