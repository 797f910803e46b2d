#include "lora_kernels.inl"
#include "transformer_kernels.inl"
#include "wire_kernels.inl"

const LoraKernels lora_generic = {dot, spread, outer, transpose};
const TransformerKernels transformer_generic = {
    norm, norm_backward, swiglu, swiglu_backward, rotate, softmax, softmax_backward, cross_entropy, add_rows, adamw, sum_of_squares};
const WireKernels wire_generic = {encode_bf16, decode_bf16, round_bf16, encode_int8, decode_int8, round_int8};
