using MoR.EndToEnd.Tests.Processes;
using MoR.EndToEnd.Tests.World;

namespace MoR.EndToEnd.Tests.Cluster;

/// <summary>Law 1 for each type of rows: one adapter wherever the experts are.</summary>
public sealed class WireMatrixTests
{
    // What f32 gives on few nodes, ClusterTests has.
    [Theory]
    [InlineData("bf16")]
    [InlineData("int8")]
    public Task A_type_of_rows_gives_one_adapter_on_few_nodes(string wire) => AssertOneAdapterAsync(wire, Few());

    [Theory]
    [InlineData("f32")]
    [InlineData("bf16")]
    [InlineData("int8")]
    [Trait("Tier", "long")]
    public Task A_type_of_rows_gives_one_adapter_on_many_nodes(string wire) => AssertOneAdapterAsync(wire, Many());

    private static IEnumerable<(int Nodes, int Replicas, int Window, int Threads)> Few() => [(1, 1, 3, 1), (2, 2, 2, 3)];

    private static IEnumerable<(int Nodes, int Replicas, int Window, int Threads)> Many() =>
        from nodes in (int[])[1, 2, 4, 8]
        from replicas in (int[])[1, 2]
        select (nodes, replicas, 1 + ((nodes + replicas) % 3), 1 + ((nodes * replicas) % 4));

    private static async Task AssertOneAdapterAsync(string wire, IEnumerable<(int Nodes, int Replicas, int Window, int Threads)> cases)
    {
        var expected = await HashAsync(wire);

        foreach (var (nodes, replicas, window, threads) in cases)
        {
            string[] options =
            [
                "--nodes", $"{nodes}", "--set", $"cluster.replicas={replicas}", "--set", $"training.window={window}",
                "--set", $"numerics.threads={threads}",
            ];
            Assert.True(expected == await HashAsync(wire, options), $"another adapter with {wire} and {string.Join(' ', options)}");
        }
    }

    private static async Task<string> HashAsync(string wire, params string[] options)
    {
        using var world = new TinyWorld();
        return (await MorProcess.RunAsync(
        [
            "train", world.Recipe, "--output", world["run"], "--steps", "12", "--no-eval", "--set", $"numerics.wire={wire}", .. options,
        ])).Succeeded().AdapterSha256;
    }
}
