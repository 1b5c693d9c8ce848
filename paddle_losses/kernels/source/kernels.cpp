// All kernels for one kind of machine; compiled once for each, with -DISA=baseline, avx2 or avx512.
#include "boxes.hpp"
#include "pass.hpp"
#include "softmax.hpp"

#define TEXT_OF(name) #name
#define NAME_OF(name) TEXT_OF(name)

namespace ISA {

extern const Kernels kernels = {NAME_OF(ISA),  elementwise, sum_of_weights, softmax,
                                count_of_rows, boxes,       scale};

}  // namespace ISA
