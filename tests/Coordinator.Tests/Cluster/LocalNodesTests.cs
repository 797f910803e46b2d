using MoR.Cluster.Actors;
using MoR.Cluster.Errors;
using MoR.Cluster.Membership;
using MoR.Cluster.Protocol.Wire;
using MoR.Cluster.Tests.Support;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

#pragma warning disable CA1001 // The test runner awaits IAsyncLifetime.DisposeAsync.
public sealed class LocalNodesTests : IAsyncLifetime
#pragma warning restore CA1001
{
    private readonly ManualTime _time = new();
    private readonly List<FakeNode> _started = [];
    private readonly List<string> _notes = [];
    private readonly LocalNodes _nodes;

    public LocalNodesTests()
    {
        _nodes = new LocalNodes(new RestartLimit(2, TimeSpan.FromSeconds(60)), _time, text =>
        {
            lock (_notes)
            {
                _notes.Add(text);
            }
        });
        _nodes.Add("node-1", Start);
    }

    public Task InitializeAsync() => Task.CompletedTask;

    public async Task DisposeAsync() => await _nodes.DisposeAsync();

    [Fact]
    public async Task A_node_that_dies_is_started_again_after_pauses_that_grow()
    {
        await DieAsync(0, 137);
        await PassAsync("0.25 s (restart 1 of at most 2 within 60 s)", 0.25);
        await DieAsync(1, 1);
        await PassAsync("0.5 s (restart 2 of at most 2 within 60 s)", 0.5);

        await DieAsync(2, 1);

        Assert.Equal(
            "node-1 (process 2) ended with exit code 1, after 2 restarts within 60 s", await _nodes.GaveUpAsync);
        Assert.Equal(3, _started.Count);
    }

    [Fact]
    public async Task Restarts_of_long_ago_do_not_count()
    {
        await DieAsync(0, 137);
        await PassAsync("restart 1", 0.25);
        await DieAsync(1, 137);
        await PassAsync("restart 2", 0.5);
        _time.Advance(TimeSpan.FromSeconds(60));

        await DieAsync(2, 137);

        await NotedAsync("node-1 (process 2) ended with exit code 137; it is started again in 0.25 s (restart 1");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(2)]
    public async Task A_node_that_left_or_was_refused_is_not_started_again(int code)
    {
        await DieAsync(0, code);

        Assert.Equal($"node-1 (process 0) ended with exit code {code}", await _nodes.GaveUpAsync);
        Assert.Single(_started);
    }

    [Fact]
    public async Task A_node_whose_link_was_lost_is_killed_unless_it_ends_by_itself()
    {
        _nodes.LinkLost(NodeOf(incarnation: 100));
        await UntilAsync(() => _time.HasTimer);
        Assert.False(_started[0].EndedAsync.IsCompleted);

        _time.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(137, await _started[0].EndedAsync);
        await NotedAsync("node-1 (process 0) is killed: its link was lost, and it did not end by itself");
        await PassAsync("restart 1", 0.25);
    }

    [Fact]
    public async Task The_link_of_another_process_does_not_matter()
    {
        await DieAsync(0, 137);
        await PassAsync("restart 1", 0.25);

        _nodes.LinkLost(NodeOf(incarnation: 100)); // of the process before
        _nodes.LinkLost(NodeOf(incarnation: 7));

        Assert.False(_time.HasTimer);
        Assert.False(_started[1].EndedAsync.IsCompleted);
    }

    [Fact]
    public async Task At_the_end_nodes_are_not_started_again_and_none_is_left()
    {
        _nodes.Add("node-2", Start);
        _nodes.End();
        await DieAsync(0, 137);

        await _nodes.DisposeAsync();

        Assert.Equal(2, _started.Count);
        Assert.All(_started, node => Assert.True(node.IsDisposed));
        Assert.DoesNotContain(_notes, text => text.Contains("started again", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_node_whose_link_ends_with_the_run_is_not_said_to_be_killed()
    {
        _nodes.End();
        _nodes.LinkLost(NodeOf(incarnation: 100));
        await UntilAsync(() => _time.HasTimer);
        _time.Advance(TimeSpan.FromSeconds(1));

        await _nodes.DisposeAsync();

        Assert.True(_started[0].IsDisposed);
        Assert.Empty(_notes);
    }

    [Fact]
    public async Task A_process_that_cannot_be_started_is_tried_again()
    {
        var tries = 0;
        _nodes.Add("node-2", () => ++tries == 1 ? throw new RunException("node-2", "no memory", "Free some.") : Start());

        await PassAsync("node-2 was not started: node-2: no memory", 0.25);

        Assert.Equal(2, _started.Count);
    }

    private static Node NodeOf(ulong incarnation) => new(1, new Join { Name = "node-1", Incarnation = incarnation }, "node-1 (…)");

    private (ILocalNode Process, ulong Incarnation) Start()
    {
        var node = new FakeNode(_started.Count);
        _started.Add(node);
        return (node, 100 + (ulong)node.ProcessId);
    }

    private async Task DieAsync(int process, int code)
    {
        await UntilAsync(() => _started.Count > process);
        _started[process].End(code);
    }

    /// <summary>Waits for a note, and lets the pause that it names pass.</summary>
    private async Task PassAsync(string note, double seconds)
    {
        var before = _started.Count;
        await NotedAsync(note);
        await UntilAsync(() => _time.HasTimer);
        _time.Advance(TimeSpan.FromSeconds(seconds));
        await UntilAsync(() => _started.Count > before);
    }

    private Task NotedAsync(string part) => UntilAsync(() =>
    {
        lock (_notes)
        {
            return _notes.Exists(text => text.Contains(part, StringComparison.Ordinal));
        }
    });

    private static Task UntilAsync(Func<bool> condition) => Wait.UntilAsync(condition);
}
