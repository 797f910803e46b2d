using MoR.Cluster.Links;
using MoR.Cluster.Tests.Support;
using MoR.Cluster.Transport.Runtime;
using MoR.ExpertNode.Core;

namespace MoR.ExpertNode.Tests;

/// <summary>A node on real threads, over TCP.</summary>
public sealed class LoopbackTests
{
    private const int Shards = 4;
    private const int MicroBatches = 300;

    [Fact]
    public async Task Many_requests_at_once_are_each_answered_once_and_right_and_no_tensor_is_left()
    {
        var memory = new CountingMemory();
        var transport = new TcpTransport();
        var handshake = new Handshake(null, new SeededRandom(1), TimeProvider.System);
        await using var listener = transport.Listen("127.0.0.1:0");
        var running = ExpertNodeProgram.RunAsync(
            Options(listener.Address), transport, handshake, TimeProvider.System, new SumMath(memory, new PoolExecutor()), _ => { },
            CancellationToken.None);
        await using (var coordinator = await ScriptedCoordinator.AcceptAsync(listener, handshake, memory, TimeProvider.System))
        {
            await coordinator.WelcomeAsync();
            await coordinator.PublishAsync(7, [.. Enumerable.Range(0, Shards)]);
            var sending = SendAsync(coordinator);

            var answers = await AnswersAsync(coordinator);

            await sending;
            Assert.Equal(Expected().Order(StringComparer.Ordinal), answers.Order(StringComparer.Ordinal));
            await coordinator.SendAsync(Messages.RunEnded("done"));
            Assert.Equal(0, (await running).ExitCode);
        }

        Assert.Equal(0, memory.LiveTensors);
    }

    private static ExpertNodeOptions Options(string address) => new()
    {
        Coordinator = address,
        Name = "node",
        Incarnation = 1,
        Build = "1",
        Limits = NodeLimits.Of(1 << 22),
    };

    private static async Task SendAsync(ScriptedCoordinator coordinator)
    {
        for (var i = 0; i < MicroBatches; i++)
        {
            for (var shard = 0; shard < Shards; shard++)
            {
                await coordinator.SendAsync(Messages.Forward(Messages.Key(shard, microBatch: i), value: i));
                await coordinator.SendAsync(Messages.Backward(Messages.Key(shard, microBatch: i), value: 2));
            }
        }
    }

    private static async Task<List<string>> AnswersAsync(ScriptedCoordinator coordinator)
    {
        var answers = new List<string>();
        while (answers.Count < 3 * Shards * MicroBatches)
        {
            answers.Add(await coordinator.AnswerAsync());
        }

        return answers;
    }

    private static IEnumerable<string> Expected() =>
        from i in Enumerable.Range(0, MicroBatches)
        from shard in Enumerable.Range(0, Shards)
        from answer in (string[])
        [
            $"forward {shard}: {7 + shard + i}", $"backward {shard}: {7 + shard + i + 2}", $"gradients {shard}: {2 * i}",
        ]
        select answer;
}
