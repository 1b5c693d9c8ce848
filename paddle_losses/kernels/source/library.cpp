// The C interface: picks the kernels for this machine, shares the work out, adds up.
#include "library.hpp"

#include <cmath>

#include <initializer_list>

#include "threads.hpp"

namespace baseline {
extern const Kernels kernels;
}
#ifdef WITH_X86_LEVELS
namespace avx2 {
extern const Kernels kernels;
}
namespace avx512 {
extern const Kernels kernels;
}
#endif

namespace {

const Kernels& best() {
#ifdef WITH_X86_LEVELS
    __builtin_cpu_init();
    if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512vl"))
        return avx512::kernels;
    if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma")) return avx2::kernels;
#endif
    return baseline::kernels;
}

const Kernels* kernels = &best();

double number(Operand scalar) {
    return scalar.type == FLOAT64 ? *static_cast<const double*>(scalar.data)
                                  : *static_cast<const float*>(scalar.data);
}

// The sum of `work` over n things of `size` elements each.
template <class Work> Part total(int64_t n, int threads, const Work& work, int64_t size = 1) {
    const int64_t length = size < chunk_size ? chunk_size / size : 1;
    if (n <= length) return work(0, n);
    std::vector<Part> parts((n + length - 1) / length);
    in_chunks(n, length, n * size < worth_a_thread ? 1 : threads,
              [&](int64_t chunk, int64_t begin, int64_t end) { parts[chunk] = work(begin, end); });
    Part sum = {0, true};
    for (const Part& part : parts)
        sum = {sum.sum + part.sum, sum.valid && part.valid};
    return sum;
}

// What a mean divides by: 1 where that would be 0, see functional/_reduce.py.
double divisor(int64_t n, Operand weight, const double* normalizer, int threads, bool& valid) {
    if (!normalizer && !weight.data) return double(n);
    double sum = normalizer ? *normalizer : 0;
    if (normalizer) {
        valid = sum >= 0 && sum <= 1.7976931348623157e308;
    } else {
        Part part = total(n, threads,
                          [&](int64_t begin, int64_t end) { return kernels->weights(weight, begin, end); });
        sum = part.sum;
        valid = part.valid;
    }
    return !valid ? NAN : sum <= 0 ? 1 : sum;
}

void write(Target value, double number) {
    if (value.type == FLOAT64) *static_cast<double*>(value.data) = number;
    else *static_cast<float*>(value.data) = float(number);
}

}  // namespace

#if defined(_WIN32)
#define PUBLIC extern "C" __declspec(dllexport)
#else
#define PUBLIC extern "C" __attribute__((visibility("default")))
#endif

// "baseline", "avx2" or "avx512".
PUBLIC const char* paddle_losses_machine() { return kernels->name; }

// Uses the kernels of that name, if this machine can run them; for tests. 1 if it can.
PUBLIC int paddle_losses_choose(const char* name) {
    const Kernels* best_of_all = &best();
    for (const Kernels* candidate : {best_of_all,
#ifdef WITH_X86_LEVELS
                                     best_of_all == &baseline::kernels ? best_of_all : &avx2::kernels,
#endif
                                     &baseline::kernels}) {
        const char *a = candidate->name, *b = name;
        while (*a && *a == *b)
            ++a, ++b;
        if (*a == *b) {
            kernels = candidate;
            return 1;
        }
    }
    return 0;
}

// A loss of n elements: its value, reduced, and its gradient, as far as their pointers are not null.
// 1 if all labels and weights were valid; where they were not, the results are NaN.
PUBLIC int paddle_losses_elementwise(int loss, int64_t n, const void* input, int input_type,
                                     const void* other, int other_type, const void* label, int label_type,
                                     int64_t repeat, const double* settings, const double* table,
                                     int64_t columns, const void* weight, int weight_type, int reduction,
                                     const double* normalizer, const void* upstream, void* value,
                                     void* gradient, int threads) {
    const int result_type = input_type == FLOAT64 ? FLOAT64 : FLOAT32;
    bool valid = true;
    Operand weights = {weight, weight_type}, up = {upstream, result_type};
    double by = reduction == MEAN ? divisor(n, weights, normalizer, threads, valid) : 1;
    const bool each = reduction == NONE;
    Elements job = {loss,
                    {input, input_type},
                    {other, other_type},
                    {label, label_type},
                    repeat,
                    settings,
                    table,
                    columns,
                    weights,
                    {each ? upstream : nullptr, result_type},
                    (!each && upstream ? number(up) : 1) / by,
                    {each ? value : nullptr, result_type},
                    {gradient, input_type}};
    Part part =
        total(n, threads, [&](int64_t begin, int64_t end) { return kernels->elementwise(job, begin, end); });
    if (!each && value) write({value, result_type}, part.sum / by);
    return valid && part.valid;
}

// The same for a softmax of outer · inner rows. Of `ids` and `shares` one is null. What rows count in a mean
// are their weights, times the factor of their class if `factor_counts`.
PUBLIC int paddle_losses_softmax(int loss, int64_t outer, int64_t classes, int64_t inner, const void* input,
                                 int input_type, const void* ids, int ids_type, const void* shares,
                                 int shares_type, double keep, double spread, int any_share, int ignoring,
                                 int64_t ignored, const void* factor, int factor_type, int factor_counts,
                                 const void* weight, int weight_type, const double* settings, int count,
                                 int reduction, const void* upstream, void* value, void* gradient,
                                 int threads) {
    const int64_t rows = outer * inner;
    const int result_type = input_type == FLOAT64 ? FLOAT64 : FLOAT32;
    const bool each = reduction == NONE;
    Softmax job = {loss,
                   classes,
                   inner,
                   {input, input_type},
                   {ids, ids_type},
                   {shares, shares_type},
                   keep,
                   spread,
                   shares || spread != 0 || keep != 1,
                   any_share != 0,
                   ignoring != 0,
                   ignored,
                   {factor, factor_type},
                   factor_counts != 0,
                   {weight, weight_type},
                   {each ? upstream : nullptr, result_type},
                   settings,
                   count,
                   1,
                   {each ? value : nullptr, result_type},
                   {gradient, input_type}};
    // Where nothing counts, loss and gradient are 0, whatever the other classes weigh.
    double share = 1;
    if (reduction == MEAN) {
        const double counts = total(rows, threads, [&](int64_t begin, int64_t end) {
                                  return kernels->count_of_rows(job, begin, end);
                              }).sum;
        share = counts <= 0 ? 0 : 1 / counts;
    }
    job.scale = (!each && upstream ? number({upstream, result_type}) : 1) * share;
    Part part = total(
        rows, threads, [&](int64_t begin, int64_t end) { return kernels->softmax(job, begin, end); },
        classes);
    if (!each && value) write({value, result_type}, part.sum * share);
    return part.valid;
}

// The same for n pairs of boxes [n, 4]. `settings`: epsilon, and what the loss has besides.
PUBLIC int paddle_losses_boxes(int loss, int64_t n, const void* input, int input_type, const void* label,
                               int label_type, int centred, const double* settings, int reduction,
                               const double* normalizer, const void* upstream, void* value, void* gradient,
                               int threads) {
    const int result_type = input_type == FLOAT64 ? FLOAT64 : FLOAT32;
    bool valid = true;
    const double by = reduction == MEAN ? divisor(n, {}, normalizer, threads, valid) : 1;
    const bool each = reduction == NONE;
    Boxes job = {loss,
                 centred != 0,
                 settings,
                 {input, input_type},
                 {label, label_type},
                 {each ? upstream : nullptr, result_type},
                 (!each && upstream ? number({upstream, result_type}) : 1) / by,
                 {each ? value : nullptr, result_type},
                 {gradient, input_type}};
    Part part =
        total(n, threads, [&](int64_t begin, int64_t end) { return kernels->boxes(job, begin, end); }, 4);
    if (!each && value) write({value, result_type}, part.sum / by);
    return valid;
}

// The sum of n numbers; NaN if one is below 0.
PUBLIC double paddle_losses_sum(const void* numbers, int type, int64_t n, int threads) {
    return total(n, threads,
                 [&](int64_t begin, int64_t end) { return kernels->weights({numbers, type}, begin, end); })
        .sum;
}

// Multiplies a gradient by a number, unless that is 1.
PUBLIC void paddle_losses_scale(void* gradient, int type, int64_t n, const void* factor, int threads) {
    const double by = number({factor, type});
    if (by == 1) return;
    in_chunks(n, chunk_size, n < worth_a_thread ? 1 : threads,
              [&](int64_t, int64_t begin, int64_t end) { kernels->scale({gradient, type}, by, begin, end); });
}
