// What every fused kernel asks of its tensors: contiguous float32 on the CPU, of the shape it was promised.
#pragma once

#include "mor.h"

// A size that may be anything.
constexpr int64_t Any = -1;

inline float* checked(Handle tensor, at::IntArrayRef shape, const char* name) {
  bool fits = tensor->scalar_type() == at::kFloat && tensor->is_contiguous() && tensor->device().is_cpu() &&
              tensor->dim() == static_cast<int64_t>(shape.size());
  for (size_t i = 0; fits && i < shape.size(); ++i) fits = shape[i] == Any || tensor->size(static_cast<int64_t>(i)) == shape[i];
  TORCH_CHECK(
      fits, name, " is ", tensor->sizes(), " of ", tensor->scalar_type(), ", expected contiguous float32 ", shape,
      " on the CPU (-1: any size)");
  float* const values = tensor->data_ptr<float>();
  TORCH_CHECK(values != nullptr || tensor->numel() == 0, name, " has no values: they were dropped");
  return values;
}

inline void check_part(int64_t first, int64_t count, int64_t whole) {
  TORCH_CHECK(first >= 0 && count >= 0 && first + count <= whole, "part ", first, " + ", count, " of ", whole);
}

inline float* matrix(Handle tensor, int64_t rows, int64_t columns, const char* name) {
  return checked(tensor, {rows, columns}, name);
}

inline float* vector(Handle tensor, int64_t count, const char* name) { return checked(tensor, {count}, name); }

inline void check_rows(const int64_t* rows, int64_t count, int64_t limit, const char* name) {
  for (int64_t i = 0; i < count; ++i) TORCH_CHECK(rows[i] >= 0 && rows[i] < limit, name, " holds ", rows[i], " of ", limit);
}
