using MoR.Cluster.Protocol;
using MoR.Cluster.Protocol.Wire;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

public sealed class ShardRequestTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>A link's writer runs whatever waited for it, which may be another thread's turn with the same request.</summary>
    [Fact]
    public async Task What_is_sent_is_written_while_no_lock_is_held()
    {
        var request = new ShardRequest(
            new RequestKey(7, 2, 0, 0, 3, Direction.Forward), version: 1, bytes: 8, _ => null,
            _ => Task.FromResult(new WireMessage(new Envelope { Forward = new Forward() })));
        var ended = false;

        void Write()
        {
            var other = new Thread(request.End);
            other.Start();
            ended = other.Join(Patience);
        }

        var isSent = await request.SendAsync(1, carriesForward: true, _ => (Task.CompletedTask, Write));

        Assert.True(isSent);
        Assert.True(ended);
    }
}
