namespace MoR.ExpertNode.Tests;

public sealed class GrowingPauseTests
{
    [Fact]
    public void Pauses_double_up_to_the_longest_and_begin_again_when_the_coordinator_was_there()
    {
        var pause = new GrowingPause(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(5));

        Assert.Equal([1, 2, 4, 5, 5], Enumerable.Range(0, 5).Select(_ => pause.Next().TotalSeconds));
        pause.Reset();
        Assert.Equal([1, 2], Enumerable.Range(0, 2).Select(_ => pause.Next().TotalSeconds));
    }
}
