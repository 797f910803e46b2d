using MoR.Coordinator.Benchmarks.Network;
using MoR.Coordinator.Benchmarks.Network.Runtime;

namespace MoR.Coordinator.Tests.Benchmarks.Network;

public sealed class PlainSocketTests
{
    [Theory]
    [InlineData(3, 100_000, 3, 50_000, true)]
    [InlineData(20, 300_000, 7, 100_000, false)]
    [InlineData(5, 70_000, 0, 0, false)]
    public async Task A_job_ends_when_both_ends_have_everything_and_another_can_follow(
        int sends, int sendBytes, int receives, int receiveBytes, bool inTurn)
    {
        Task serving = Task.CompletedTask;
        var job = new PlainJob(sends, sendBytes, receives, receiveBytes, inTurn);
        using (var socket = await PlainSocket.AcceptAsync(address => serving = PlainSocket.ServeAsync(address), CancellationToken.None))
        {
            await socket.DoAsync(job);
            await socket.DoAsync(job);
        }

        await serving;
    }

    [Fact]
    public void A_job_is_told_as_it_is_and_is_the_other_way_round_for_the_other_end()
    {
        var job = new PlainJob(1, 2, 3, 4, InTurn: true);

        Assert.Equal(job, PlainJob.Read(job.Write()));
        Assert.Equal(new PlainJob(3, 4, 1, 2, InTurn: true), job.OfOtherEnd);
    }
}
