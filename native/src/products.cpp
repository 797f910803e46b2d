// What goes beyond TorchSharp's API.
#include "mor.h"

#include <c10/core/GradMode.h>

// Rows first .. first+count of out = a·b, or a·bᵀ: one tile of a larger product, on the calling thread, unrecorded.
MOR_API mor_mm_rows(Handle out, Handle a, Handle b, int64_t first, int64_t count, int32_t transpose_b) {
  return guarded([&] {
    const c10::NoGradGuard unrecorded;
    at::Tensor rows = out->narrow(0, first, count);
    at::mm_out(rows, a->narrow(0, first, count), transpose_b ? b->t() : *b);
  });
}

// Columns first .. first+count of out = a·b, or a·bᵀ, with that part of b converted to a's type first: one tile. The product
// has memory of its own, so that the strides of out cannot choose how BLAS is called.
MOR_API mor_mm_columns(Handle out, Handle a, Handle b, int64_t first, int64_t count, int32_t transpose_b) {
  return guarded([&] {
    const c10::NoGradGuard unrecorded;
    const at::Tensor part = b->narrow(transpose_b ? 0 : 1, first, count).to(a->scalar_type());
    out->narrow(1, first, count).copy_(at::mm(*a, transpose_b ? part.t() : part));
  });
}
