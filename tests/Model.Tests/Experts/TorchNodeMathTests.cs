using MoR.Cluster.Errors;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Seams;
using MoR.Model.Experts;
using MoR.Model.Tests.Reference;
using MoR.Torch;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Experts;

/// <summary>A node's mathematics, from messages to messages: bit for bit what the process of the coordinator computes.</summary>
[Collection(nameof(TensorLeakTests))]
public sealed class TorchNodeMathTests : IDisposable
{
    private const int Shard = 1;

    private readonly TinyBackbone _tiny = new();
    private readonly MessageSamples _samples = new();
    private readonly TorchNodeMath _node = new(new InlineExecutor(), CPU, new Machine(), productsPerSecond: 1);

    public void Dispose()
    {
        _samples.Dispose();
        _tiny.Dispose();
    }

    [Fact]
    public void Forward_is_answered_as_in_process_and_its_message_stays() => WithShard(math =>
    {
        using var request = _samples.Make("Forward");
        for (var time = 0; time < 2; time++)
        {
            using var answer = math.Forward(request);
            AssertIs("ForwardDone", answer);
        }
    });

    [Theory]
    [InlineData("Backward")]
    [InlineData("Backward, carrying")]
    public void Backward_is_answered_in_two_parts_as_in_process(string kind) => WithShard(math =>
    {
        using var forward = kind == "Backward" ? _samples.Make("Forward") : null;
        using var request = _samples.Make(kind);
        using var work = math.Backward(request, forward);
        using var done = work.Done;
        AssertIs("BackwardDone", done);
        using var gradients = work.Gradients();
        AssertIs("ParameterGradients", gradients);
    });

    [Fact]
    public void Backward_without_what_forward_carried_is_refused_by_name() => WithShard(math =>
    {
        using var request = _samples.Make("Backward");

        Assert.Contains("kept", Assert.Throws<WireFormatException>(() => math.Backward(request, null)).Message);
    });

    [Fact]
    public void A_message_that_cannot_be_computed_with_is_refused_and_stays() => WithShard(math =>
    {
        using var request = _samples.Make("Forward");
        request.Envelope.Forward.RouteOfTarget[0] = 9;

        Assert.Throws<WireFormatException>(() => math.Forward(request));
        request.Envelope.Forward.RouteOfTarget[0] = 0;
        using var answer = math.Forward(request);
        AssertIs("ForwardDone", answer);
    });

    [Theory]
    [InlineData(2, "shards")]
    [InlineData(0, "not 3")]
    public void Parameters_of_no_shard_are_refused(int shard, string problem)
    {
        using var adapter = Open();
        using var block = new TorchWireTensor(zeros(3));

        var error = Assert.ThrowsAny<Exception>(() => adapter.Load(shard, 7, block));
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_run_of_another_build_is_refused_with_the_next_step()
    {
        var error = Assert.Throws<InputException>(() => _node.Open(new AdapterShape { BackboneConfig = "{}" }));

        Assert.Equal("Run the coordinator's build of mor on every node.", error.NextStep);
    }

    private IAdapterMath Open() => _node.Open(AdapterShapes.Write(_tiny.ConfigText, _samples.Layout.Spec, WireType.F32));

    /// <summary>Runs a test with the samples' shard, and asserts that it leaves no tensor behind.</summary>
    private void WithShard(Action<IShardMath> test)
    {
        var live = TensorLeaks.Live;
        using (var adapter = Open())
        using (var publish = _samples.Make("Publish"))
        using (var math = adapter.Load(Shard, 7, publish.Tensors[Shard]))
        {
            test(math);
        }

        Assert.Equal(live, TensorLeaks.Live);
    }

    private void AssertIs(string kind, WireMessage answer)
    {
        using var expected = _samples.Make(kind);
        Assert.Equal(expected.Envelope, answer.Envelope);
        Assert.Equal(
            expected.Tensors.Select(tensor => Convert.ToHexString(tensor.Bytes.Span)),
            answer.Tensors.Select(tensor => Convert.ToHexString(tensor.Bytes.Span)));
        Assert.True(expected.TensorBytes > 0);
    }
}
