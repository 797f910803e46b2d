using static MoR.Torch.Native.NativeMethods;

namespace TorchSharp;

public static partial class torch
{
    public sealed partial class Tensor
    {
        public Tensor zero_() => Into(mor_zero_(handle));

        public Tensor exp_() => Into(mor_exp_(handle));

        public Tensor neg_() => Into(mor_neg_(handle));

        public Tensor sqrt_() => Into(mor_sqrt_(handle));

        public Tensor fill_(Scalar value) => Into(mor_fill_(handle, value));

        public Tensor copy_(Tensor source, bool nonBlocking = false) =>
            Into(mor_copy_(handle, source.handle, Flag(nonBlocking)), source);

        public Tensor add_(Tensor target) => add_(target, 1);

        public Tensor add_(Tensor target, Scalar alpha) => Into(mor_add_(handle, target.handle, alpha), target);

        public Tensor add_(Scalar scalar) => Into(mor_add_scalar_(handle, scalar));

        public Tensor sub_(Tensor target) => Into(mor_sub_(handle, target.handle), target);

        public Tensor sub_(Scalar target) => Into(mor_sub_scalar_(handle, target));

        public Tensor mul_(Tensor target) => Into(mor_mul_(handle, target.handle), target);

        public Tensor mul_(Scalar target) => Into(mor_mul_scalar_(handle, target));

        public Tensor div_(Tensor target) => Into(mor_div_(handle, target.handle), target);

        public Tensor div_(Scalar target) => Into(mor_div_scalar_(handle, target));

        public Tensor addcmul_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Into(mor_addcmul_(handle, tensor1.handle, tensor2.handle, value), tensor1, tensor2);

        public Tensor addcdiv_(Tensor tensor1, Tensor tensor2, Scalar value) =>
            Into(mor_addcdiv_(handle, tensor1.handle, tensor2.handle, value), tensor1, tensor2);

        public Tensor scatter_(long dim, Tensor index, Tensor src) =>
            Into(mor_scatter_(handle, dim, index.handle, src.handle), index, src);

        public Tensor scatter_add_(long dim, Tensor index, Tensor src) =>
            Into(mor_scatter_add_(handle, dim, index.handle, src.handle), index, src);

        public Tensor index_add_(long dim, Tensor index, Tensor source, Scalar alpha) =>
            Into(mor_index_add_(handle, dim, index.handle, source.handle, alpha), index, source);

        public Tensor index_copy_(long dim, Tensor index, Tensor source) =>
            Into(mor_index_copy_(handle, dim, index.handle, source.handle), index, source);

        public Tensor masked_fill_(Tensor mask, Scalar value) =>
            Into(mor_masked_fill_(handle, mask.handle, value), mask);
    }
}
