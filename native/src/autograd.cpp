// Gradients and the thread's grad mode.
#include "mor.h"

#include <c10/core/GradMode.h>
#include <torch/csrc/autograd/autograd.h>

MOR_API mor_grad_mode(int32_t* out) {
  return guarded([&] { *out = c10::GradMode::is_enabled(); });
}

MOR_API mor_set_grad_mode(int32_t enabled) {
  return guarded([&] { c10::GradMode::set_enabled(enabled != 0); });
}

// results has room for input_count handles; an input that no output depends on gets null if allow_unused.
MOR_API mor_grad(const Handle* outputs, int32_t output_count, const Handle* inputs, int32_t input_count,
                 const Handle* grad_outputs, int32_t grad_output_count, int32_t retain_graph, int32_t create_graph,
                 int32_t allow_unused, Handle* results) {
  return guarded([&] {
    hand_out(torch::autograd::grad(tensors(outputs, output_count), tensors(inputs, input_count),
                                   tensors(grad_outputs, grad_output_count), retain_graph != 0, create_graph != 0,
                                   allow_unused != 0),
             results, input_count);
  });
}
