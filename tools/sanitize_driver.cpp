// Calls every entry of the native library with what is hard on it: odd sizes, every dtype, memory that ends
// exactly where the tensor ends, numbers of every kind. What it computes is tested elsewhere; here the
// sanitizers watch (tools/sanitize.py), and the results must not depend on the number of threads.
#include "library.cpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <limits>

namespace {

constexpr int types = UINT8 + 1, no_type = -1;
constexpr int floating[] = {FLOAT32, FLOAT64, FLOAT16, BFLOAT16};
constexpr int reductions[] = {NONE, SUM, MEAN};
constexpr int64_t sizes[] = {0, 1, 7, 8, 9, 15, 17, 1023, 1024, 1025, 65537};
constexpr int64_t for_threads = worth_a_thread + 1;

struct Random {
    uint64_t state = 1;
    uint64_t next() {
        state ^= state << 13, state ^= state >> 7, state ^= state << 17;
        return state;
    }
    int64_t below(int64_t n) { return int64_t(next() % uint64_t(n)); }
    bool coin() { return next() >> 11 & 1; }
    double between(double low, double high) {
        return low + (high - low) * double(next() >> 11) / 9007199254740992.0;
    }
} dice;

enum Kind { HAZARDS, LABELS, POSITIVE };

double draw(Kind kind) {
    using limits = std::numeric_limits<double>;
    if (kind == POSITIVE) return dice.between(0, 3);
    if (kind == LABELS && dice.below(64)) return double(dice.below(3) - 1);
    switch (dice.below(24)) {
        case 0: return limits::quiet_NaN();
        case 1: return limits::infinity();
        case 2: return -limits::infinity();
        case 3: return limits::denorm_min();
        case 4: return -1e-40;
        case 5: return dice.between(-1, 1) * 3.4e38;
        case 6: return dice.between(-1, 1) * limits::max();
        case 7: return dice.coin() ? 0.0 : -0.0;
        case 8: return dice.between(-1, 1) * 1000;
        default: return dice.between(-3, 3);
    }
}

int size_of(int type) {
    switch (type) {
        case FLOAT64:
        case INT64: return 8;
        case FLOAT32:
        case INT32: return 4;
        case INT8:
        case UINT8: return 1;
        default: return 2;
    }
}

// Numbers on the heap, and not one byte more.
struct Numbers {
    void* data = nullptr;
    int64_t bytes = 0;
    int type = 0;
    Numbers() = default;
    Numbers(int type, int64_t n)
        : data(std::malloc(size_t(n * size_of(type)))), bytes(n * size_of(type)), type(type) {}
    Numbers(int type, int64_t n, Kind kind) : Numbers(type, n) {
        for (int64_t i = 0; i < n; ++i)
            set(i, kind);
    }
    Numbers(Numbers&& other) : data(other.data), bytes(other.bytes), type(other.type) {
        other.data = nullptr;
    }
    Numbers(const Numbers&) = delete;
    ~Numbers() { std::free(data); }

    void set(int64_t i, Kind kind) {
        const double number = draw(kind);
        const bool small = number >= -1 && number <= 3;
        const int64_t integer = small ? int64_t(number) : int64_t(dice.next());
        switch (type) {
            case FLOAT32: static_cast<float*>(data)[i] = float(number); break;
            case FLOAT64: static_cast<double*>(data)[i] = number; break;
            case INT64: static_cast<int64_t*>(data)[i] = integer; break;
            case INT32: static_cast<int32_t*>(data)[i] = int32_t(integer); break;
            case FLOAT16: static_cast<uint16_t*>(data)[i] = half(number, 0x3c00, integer); break;
            case BFLOAT16: static_cast<uint16_t*>(data)[i] = half(number, 0x3f80, integer); break;
            case INT16: static_cast<int16_t*>(data)[i] = int16_t(integer); break;
            default: static_cast<uint8_t*>(data)[i] = uint8_t(integer); break;
        }
    }

    // 0 and ±1 as they are, and else any bits.
    static uint16_t half(double number, uint16_t one, int64_t bits) {
        if (number == 0) return 0;
        if (number == 1 || number == -1) return uint16_t(one | (number < 0 ? 0x8000 : 0));
        return uint16_t(number > 0 && number <= 3 ? dice.below(one) : bits);
    }

    const double* doubles() const { return static_cast<const double*>(data); }
};

Numbers maybe(bool there, int type, int64_t n, Kind kind) {
    return there ? Numbers(type, n, kind) : Numbers();
}

int64_t divisor_of(int64_t n) {
    int64_t divisor = 1;
    for (int64_t k = 2; k <= n && k <= 2048; ++k)
        if (n % k == 0 && dice.coin()) divisor = k;
    return dice.coin() ? 1 : dice.below(8) ? divisor : n > 0 ? n : 1;
}

const char* running;
void check(bool fine, const char* what) {
    if (fine) return;
    std::fprintf(stderr, "%s: %s (%s)\n", running, what, paddle_losses_machine());
    std::exit(1);
}

// A call with results for `count` elements of a loss and n numbers of a prediction: value, gradient, both, or
// with the gradient of what follows. On `threads` threads it must do what it does on one.
template <class Call>
void with_results(int input_type, int64_t n, int64_t count, int reduction, int threads, const Call& call) {
    const int type = input_type == FLOAT64 ? FLOAT64 : FLOAT32;
    const int64_t values = reduction == NONE ? count : 1;
    const int64_t wanted = dice.below(3);  // value, gradient, both
    Numbers upstream = maybe(dice.coin(), type, values, HAZARDS), value[2], gradient[2];
    int valid[2] = {0, 0};
    for (int run = 0; run < (threads > 1 ? 2 : 1); ++run) {
        if (wanted != 1) new (&value[run]) Numbers(type, values);
        if (wanted != 0) new (&gradient[run]) Numbers(input_type, n);
        valid[run] = call(upstream.data, value[run].data, gradient[run].data, run ? threads : 1);
    }
    if (threads == 1) return;
    check(valid[0] == valid[1], "validity depends on the number of threads");
    check(!std::memcmp(value[0].data ? value[0].data : "", value[1].data ? value[1].data : "",
                       size_t(value[0].bytes)),
          "the value depends on the number of threads");
    check(!std::memcmp(gradient[0].data ? gradient[0].data : "", gradient[1].data ? gradient[1].data : "",
                       size_t(gradient[0].bytes)),
          "the gradient depends on the number of threads");
}

void elementwise(int loss, int input_type, int label_type, int weight_type, int64_t n, int threads) {
    running = "elementwise";
    const int reduction = reductions[dice.below(3)];
    const int64_t repeat = divisor_of(n), columns = divisor_of(n);
    const bool weighted = weight_type != no_type;
    const int other_type = int(dice.below(types));
    Numbers input(input_type, n, HAZARDS), other(other_type, n, HAZARDS),
        label(label_type, n / repeat, dice.coin() ? HAZARDS : LABELS);
    Numbers settings(FLOAT64, 4, POSITIVE), table(FLOAT64, 2 * columns, dice.below(8) ? POSITIVE : HAZARDS);
    Numbers weight = maybe(weighted, weighted ? weight_type : 0, n, dice.coin() ? POSITIVE : HAZARDS);
    Numbers normalizer = maybe(reduction == MEAN && dice.coin(), FLOAT64, 1, HAZARDS);
    with_results(
        input_type, n, n, reduction, threads, [&](void* upstream, void* value, void* gradient, int team) {
            return paddle_losses_elementwise(loss, n, input.data, input_type, other.data, other_type,
                                             label.data, label_type, repeat, settings.doubles(),
                                             table.doubles(), columns, weight.data, weight.type, reduction,
                                             normalizer.doubles(), upstream, value, gradient, team);
        });
}

// Of `ids` and `shares` the one whose type is given.
void softmax(int loss, int input_type, int ids_type, int shares_type, int64_t outer, int64_t classes,
             int64_t inner, int threads) {
    running = "softmax";
    const int reduction = reductions[dice.below(3)], factor_type = int(dice.below(types)),
              weight_type = int(dice.below(types));
    const int64_t rows = outer * inner, n = rows * classes;
    const bool by_id = ids_type != no_type, smooth = loss == 0 && dice.coin();
    Numbers input(input_type, n, HAZARDS),
        ids = maybe(by_id, by_id ? ids_type : 0, rows, dice.coin() ? LABELS : HAZARDS);
    Numbers shares = maybe(!by_id, by_id ? 0 : shares_type, n, dice.coin() ? POSITIVE : HAZARDS);
    Numbers factor = maybe(dice.coin(), factor_type, classes, POSITIVE);
    Numbers weight = maybe(dice.coin(), weight_type, rows, dice.coin() ? POSITIVE : HAZARDS);
    const int count = loss == 1 ? 2 : int(dice.below(4));
    Numbers settings(FLOAT64, count, POSITIVE);
    const int counts = dice.coin(), any_share = dice.coin(), ignoring = dice.coin();
    const int64_t ignored = dice.below(3) - 1;
    with_results(
        input_type, n, rows, reduction, threads, [&](void* upstream, void* value, void* gradient, int team) {
            return paddle_losses_softmax(loss, outer, classes, inner, input.data, input_type, ids.data,
                                         ids.type, shares.data, shares.type, smooth ? 0.9 : 1,
                                         smooth ? 0.01 : 0, any_share, ignoring, ignored, factor.data,
                                         factor.type, counts, weight.data, weight.type, settings.doubles(),
                                         count, reduction, upstream, value, gradient, team);
        });
}

void boxes(int loss, int input_type, int label_type, int64_t n, int threads) {
    running = "boxes";
    const int reduction = reductions[dice.below(3)], centred = dice.coin();
    Numbers input(input_type, 4 * n, dice.coin() ? POSITIVE : HAZARDS);
    Numbers label(label_type, 4 * n, dice.coin() ? POSITIVE : HAZARDS);
    Numbers settings(FLOAT64, 2, POSITIVE),
        normalizer = maybe(reduction == MEAN && dice.coin(), FLOAT64, 1, HAZARDS);
    with_results(input_type, 4 * n, n, reduction, threads,
                 [&](void* upstream, void* value, void* gradient, int team) {
                     return paddle_losses_boxes(loss, n, input.data, input_type, label.data, label_type,
                                                centred, settings.doubles(), reduction, normalizer.doubles(),
                                                upstream, value, gradient, team);
                 });
}

void sum(int type, int64_t n) {
    running = "sum";
    Numbers numbers(type, n, dice.coin() ? POSITIVE : HAZARDS);
    const double one = paddle_losses_sum(numbers.data, type, n, 1),
                 several = paddle_losses_sum(numbers.data, type, n, 3);
    check(!std::memcmp(&one, &several, sizeof one), "the sum depends on the number of threads");
}

void scale(int type, int64_t n, int threads) {
    running = "scale";
    Numbers numbers(type, n, HAZARDS), factor(type == FLOAT64 ? FLOAT64 : FLOAT32, 1, HAZARDS);
    paddle_losses_scale(numbers.data, type, n, factor.data, threads);
}

// Of sizes up to a vector or two every combination of dtypes; of larger ones some.
void all_elementwise() {
    for (int loss = 0; loss < ELEMENTWISE_LOSSES; ++loss)
        for (int input_type : floating) {
            for (int64_t n : sizes)
                for (int label_type = 0; label_type < types; ++label_type)
                    for (int weight_type = no_type; weight_type < types; ++weight_type)
                        if (n < 64 || (n < 4096 ? dice.below(4) : dice.below(40)) == 0)
                            elementwise(loss, input_type, label_type, weight_type, n, 1);
            elementwise(loss, input_type, int(dice.below(types)), int(dice.below(types + 1)) - 1, for_threads,
                        3);
        }
}

void all_softmax() {
    constexpr int64_t shapes[][3] = {
        // outer, classes, inner; from 48 classes on a row is worked on alone
        {0, 5, 1},  {1, 1, 1},  {7, 3, 1},    {63, 2, 1},   {65, 5, 1},   {129, 10, 1},
        {3, 47, 1}, {3, 48, 1}, {3, 49, 1},   {2, 1023, 1}, {2, 1025, 1}, {2, 3, 7},
        {2, 5, 63}, {2, 5, 65}, {1, 50, 129}, {3, 1, 2},    {2, 1025, 3},
    };
    for (int loss = 0; loss < SOFTMAX_LOSSES; ++loss)
        for (int input_type : floating) {
            for (const int64_t (&shape)[3] : shapes)
                for (int again = 0; again < 3; ++again) {
                    for (int ids = INT64; ids <= UINT8; ++ids)
                        softmax(loss, input_type, ids, no_type, shape[0], shape[1], shape[2], 1);
                    for (int shares = 0; shares < types && loss == 0; ++shares)
                        softmax(loss, input_type, no_type, shares, shape[0], shape[1], shape[2], 1);
                }
            softmax(loss, input_type, INT64, no_type, 4097, 65, 1, 3);
            softmax(loss, input_type, INT32, no_type, 40001, 7, 1, 3);
            softmax(loss, input_type, UINT8, no_type, 33, 9, 1001, 3);
        }
}

void all_boxes() {
    for (int loss = 0; loss < BOX_LOSSES; ++loss)
        for (int input_type : floating) {
            for (int64_t n : sizes)
                for (int label_type = 0; label_type < types; ++label_type)
                    if (n < 64 || (n < 4096 && dice.below(4) == 0)) boxes(loss, input_type, label_type, n, 1);
            if (loss % 4 == input_type)
                boxes(loss, input_type, int(dice.below(types)), for_threads / 4 + 1, 3);
        }
}

void all_helpers() {
    for (int64_t n : sizes) {
        for (int type = 0; type < types; ++type)
            sum(type, n);
        for (int type : {FLOAT32, FLOAT64})
            scale(type, n, 1);  // a gradient in half precision is never scaled
    }
    for (int type : {FLOAT32, FLOAT64})
        sum(type, for_threads), scale(type, for_threads, 3);
}

}  // namespace

// The argument: "baseline", "avx2" or "avx512".
int main(int, char** arguments) {
    const char* level = arguments[1];
    if (!paddle_losses_choose(level)) {
        std::printf("%s: not for this machine\n", level);
        return 0;
    }
    all_elementwise();
    all_softmax();
    all_boxes();
    all_helpers();
    std::printf("%s: nothing found\n", level);
}
