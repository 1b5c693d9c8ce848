// The floor: what every loss must at least do. Reads its inputs once, writes one gradient, adds up a sum.
#include <cstdint>
#include <thread>

constexpr int lanes = 32;  // running sums, so that adding up is not what it waits for
constexpr int64_t worth_a_thread = 1 << 18;

template <bool two, bool write>
static double part(const float* a, const float* b, float* gradient, int64_t begin, int64_t end) {
    double sums[lanes] = {}, total = 0;
    auto at = [&](int64_t i) {
        float x = two ? a[i] - b[i] : a[i];
        if (write) gradient[i] = x;
        return double(x);
    };
    int64_t i = begin;
    for (; i + lanes <= end; i += lanes)
        for (int lane = 0; lane < lanes; ++lane)
            sums[lane] += at(i + lane);
    for (; i < end; ++i)
        sums[0] += at(i);
    for (double sum : sums)
        total += sum;
    return total;
}

// b, gradient: null where there is none.
extern "C" double read_and_write(const float* a, const float* b, float* gradient, int64_t n, int threads) {
    auto* work = b          ? gradient ? part<true, true> : part<true, false>
                 : gradient ? part<false, true>
                            : part<false, false>;
    if (threads < 2 || n < worth_a_thread) return work(a, b, gradient, 0, n);
    double other = 0;
    std::thread helper([&] { other = work(a, b, gradient, n / 2, n); });
    double sum = work(a, b, gradient, 0, n / 2);
    helper.join();
    return sum + other;
}
