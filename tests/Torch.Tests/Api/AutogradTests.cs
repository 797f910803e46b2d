using static TorchSharp.torch;

namespace MoR.Torch.Tests.Api;

public sealed class AutogradTests : TensorTest
{
    [Fact]
    public void Gradients_agree_with_finite_differences()
    {
        const double Step = 1e-6;
        var x_TD = Assertions.Random(1, float64, 5, 4).requires_grad_();
        var w_ED = Assertions.Random(2, float64, 3, 4).requires_grad_();

        var gradients = autograd.grad([Expression(x_TD, w_ED)], [x_TD, w_ED]);

        foreach (var (parameter, gradient) in new[] { (x_TD, gradients[0]), (w_ED, gradients[1]) })
        {
            Assert.Equal(parameter.shape, gradient.shape);
            using var unrecorded = no_grad();
            var values = parameter.data<double>();
            for (var i = 0L; i < values.Count; i++)
            {
                var before = values[i];
                values[i] = before + Step;
                var above = Expression(x_TD, w_ED).item<double>();
                values[i] = before - Step;
                var below = Expression(x_TD, w_ED).item<double>();
                values[i] = before;
                Assert.Equal((above - below) / (2 * Step), gradient.data<double>()[i], 1e-8);
            }
        }
    }

    [Fact]
    public void Weights_of_outputs_scale_their_gradients()
    {
        var x = tensor(new[] { 2.0, 3.0 }, requires_grad: true);

        var gradient = autograd.grad([x.square()], [x], [tensor(new[] { 1.0, 10.0 })])[0];

        Assertions.Values([4, 60], gradient);
    }

    [Fact]
    public void An_unused_input_is_null_when_allowed_and_an_error_otherwise()
    {
        var x = ones(2, requires_grad: true);
        var unused = ones(3, requires_grad: true);

        var gradients = autograd.grad([x.sum()], [x, unused], allow_unused: true);
        var error = Assert.Throws<TorchException>(() => autograd.grad([x.sum()], [x, unused]));

        Assertions.Values([1, 1], gradients[0]);
        Assert.Null(gradients[1]);
        Assert.StartsWith(
            "autograd.grad([] Float32, [2] Float32, [3] Float32): ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_kept_graph_serves_twice_and_a_created_one_can_be_differentiated()
    {
        var x = tensor(3.0, requires_grad: true);
        var y = x * x * x;

        var first = autograd.grad([y], [x], create_graph: true)[0];
        var second = autograd.grad([first], [x], retain_graph: true)[0];
        var again = autograd.grad([first], [x])[0];

        Assert.Equal((27, 18, 18), (first.item<double>(), second.item<double>(), again.item<double>()));
        Assert.Throws<TorchException>(() => autograd.grad([first], [x]));
    }

    [Fact]
    public void Grad_mode_is_restored_in_order()
    {
        Assert.True(is_grad_enabled());
        using (no_grad())
        {
            Assert.False(is_grad_enabled());
            using (enable_grad())
            {
                Assert.True(is_grad_enabled());
            }

            Assert.False(is_grad_enabled());
            Assert.False(ones(1, requires_grad: true).neg().requires_grad);
        }

        Assert.True(is_grad_enabled());
        using (set_grad_enabled(false))
        {
            Assert.False(is_grad_enabled());
        }
    }

    [Fact]
    public void A_grad_mode_cannot_be_restored_on_another_thread()
    {
        using var mode = no_grad();
        Exception? error = null;
        var thread = new Thread(() => error = Record.Exception(mode.Dispose));
        thread.Start();
        thread.Join();

        Assert.Contains("await", Assert.IsType<InvalidOperationException>(error).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Leaves_and_results_are_told_apart()
    {
        var x = ones(1, requires_grad: true);
        var y = x * 2;
        Assert.True(x.is_leaf);
        Assert.False(y.is_leaf);
        Assert.False(y.detach().requires_grad);
        Assert.Throws<TorchException>(() => y.requires_grad = false);
    }

    private static Tensor Expression(Tensor x_TD, Tensor w_ED)
    {
        var gates_TE = nn.functional.softmax(x_TD.matmul(w_ED.t()), -1);
        return (gates_TE.square() * nn.functional.silu(x_TD.narrow(1, 0, 3))).sum();
    }
}
