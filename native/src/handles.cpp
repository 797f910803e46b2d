// Lifetime, properties and memory of one tensor.
#include "mor.h"

#include <exception>

namespace {
thread_local std::string message;
}

const char* mor_failure() {
  try {
    throw;
  } catch (const c10::Error& error) {
    message = error.what_without_backtrace();
  } catch (const std::exception& error) {
    message = error.what();
  } catch (...) {
    message = "an exception that is not a std::exception";
  }
  if (message.empty()) message = "an error without a message";
  return message.c_str();
}

std::vector<at::Tensor> tensors(const Handle* handles, int32_t count) {
  std::vector<at::Tensor> result;
  result.reserve(static_cast<size_t>(count));
  for (int32_t i = 0; i < count; ++i) result.push_back(handles[i] ? *handles[i] : at::Tensor());
  return result;
}

void hand_out(const std::vector<at::Tensor>& from, Handle* out, int32_t capacity) {
  TORCH_CHECK(static_cast<int64_t>(from.size()) == capacity, "expected ", capacity, " tensors, got ", from.size());
  for (size_t i = 0; i < from.size(); ++i) out[i] = from[i].defined() ? wrap(from[i]) : nullptr;
}

MOR_API mor_release(Handle tensor) { return guarded([&] { delete tensor; }); }

MOR_API mor_dtype(Handle tensor, int32_t* out) {
  return guarded([&] { *out = static_cast<int32_t>(tensor->scalar_type()); });
}

MOR_API mor_device(Handle tensor, int32_t* type, int32_t* index) {
  return guarded([&] {
    const at::Device device = tensor->device();
    *type = static_cast<int32_t>(device.type());
    *index = device.index();
  });
}

// Writes at most capacity sizes and strides, and always the rank.
MOR_API mor_shape(Handle tensor, int64_t* sizes, int64_t* strides, int32_t capacity, int32_t* rank) {
  return guarded([&] {
    *rank = static_cast<int32_t>(tensor->dim());
    for (int32_t i = 0; i < *rank && i < capacity; ++i) {
      sizes[i] = tensor->size(i);
      strides[i] = tensor->stride(i);
    }
  });
}

MOR_API mor_numel(Handle tensor, int64_t* out) { return guarded([&] { *out = tensor->numel(); }); }

MOR_API mor_is_contiguous(Handle tensor, int32_t* out) { return guarded([&] { *out = tensor->is_contiguous(); }); }

MOR_API mor_is_leaf(Handle tensor, int32_t* out) { return guarded([&] { *out = tensor->is_leaf(); }); }

MOR_API mor_requires_grad(Handle tensor, int32_t* out) { return guarded([&] { *out = tensor->requires_grad(); }); }

MOR_API mor_set_requires_grad(Handle tensor, int32_t value) {
  return guarded([&] { tensor->requires_grad_(value != 0); });
}

// The address of the first element. Only CPU memory is the caller's to touch.
MOR_API mor_data(Handle tensor, void** out) {
  return guarded([&] {
    TORCH_CHECK(tensor->device().is_cpu(), "the tensor is on ", tensor->device(), "; only CPU memory can be read");
    *out = tensor->data_ptr();
  });
}

MOR_API mor_item(Handle tensor, MorScalar* out) {
  return guarded([&] {
    const at::Scalar value = tensor->item();
    if (value.isBoolean()) {
      *out = {value.toBool() ? 1 : 0, value.toBool() ? 1.0 : 0.0, 2};
    } else if (value.isFloatingPoint()) {
      *out = {0, value.toDouble(), 1};
    } else {
      *out = {value.toLong(), 0.0, 0};
    }
  });
}
