namespace MoR.ExpertNode.Tests;

public sealed class ReconnectTests
{
    [Fact]
    public void A_lost_coordinator_that_comes_back_under_another_epoch_is_served_again_from_nothing() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using (await node.AcceptAsync(0))
        {
        }

        await using var again = await node.AcceptAsync();
        await again.WelcomeAsync(epoch: 6);
        Assert.Equal("Stale", await again.AskAsync(Messages.Forward(Messages.Key(epoch: 6))));

        await again.SendAsync(Messages.RunEnded("done"));
        Assert.Equal(0, (await running).ExitCode);
    });

    [Fact]
    public void A_coordinator_that_stays_lost_ends_the_node_with_4_after_60_seconds() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        node.Time.Advance(TimeSpan.FromSeconds(3));
        await using (await node.AcceptAsync(0))
        {
            await node.StopListeningAsync();
        }

        var lost = node.Time.Now;
        var result = await running;

        Assert.Equal(4, result.ExitCode);
        Assert.StartsWith("no coordinator at coordinator:4100 for 60 s; the last attempt: ", result.Reason, StringComparison.Ordinal);
        Assert.InRange(node.Time.Now - lost, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(61));
    });

    [Fact]
    public void A_coordinator_that_never_was_ends_the_node_with_4_and_the_pauses_grow() => NodeHarness.RunAlone(async node =>
    {
        var result = await node.Start();

        Assert.Equal(NodeResult.CoordinatorLost, result.ExitCode);
        Assert.Contains("nobody listens", result.Reason);
        Assert.Equal(60, node.Time.Now.TotalSeconds);
        // 0.25 + 0.5 + 1 + 2 + 4 seconds, then every 5 seconds, the last one cut short.
        Assert.Equal(5 + 11 + 1, node.Transport.Refused);
        Assert.Single(node.Notes, note => note.Contains("looking for the coordinator", StringComparison.Ordinal));
    });

    [Fact]
    public void An_older_coordinator_of_the_same_run_is_not_served() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using (await node.AcceptAsync(0))
        {
        }

        await using (var older = await node.AcceptAsync())
        {
            await older.WelcomeAsync(epoch: Messages.Epoch - 1);
            await Assert.ThrowsAsync<MoR.Cluster.Links.LinkException>(older.ReceiveAsync);
        }

        await using var newer = await node.AcceptAsync();
        Assert.Contains(node.Notes, note => note.Contains("an older coordinator", StringComparison.Ordinal));
        await newer.WelcomeAsync();
        await newer.SendAsync(Messages.RunEnded("done"));
        Assert.Equal(0, (await running).ExitCode);
    });

    [Fact]
    public void A_coordinator_that_does_not_answer_Join_is_left_at_the_deadline() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using var silent = await node.AcceptAsync();

        await using var next = await node.AcceptAsync();

        Assert.Contains(node.Notes, note => note.Contains("did not answer Join within 30 s", StringComparison.Ordinal));
        await next.WelcomeAsync();
        await next.SendAsync(Messages.RunEnded("done"));
        Assert.Equal(0, (await running).ExitCode);
    });

    [Fact]
    public void A_message_of_another_epoch_ends_the_link_and_the_node_joins_again() => NodeHarness.Run(async node =>
    {
        var running = node.Start();
        await using (var first = await node.AcceptAsync(0))
        {
            await first.SendAsync(Messages.Forward(Messages.Key(epoch: 4)));
            await Assert.ThrowsAsync<MoR.Cluster.Links.LinkException>(first.ReceiveAsync);
        }

        await using var again = await node.AcceptAsync();
        Assert.Contains(node.Notes, note => note.Contains("it sent Forward of epoch 4", StringComparison.Ordinal));
        await again.SendAsync(Messages.RunEnded("done"));
        Assert.Equal(0, (await running).ExitCode);
    });

    [Fact]
    public void A_stop_while_nobody_is_there_ends_the_node_with_0() => NodeHarness.RunAlone(async node =>
    {
        var running = node.Start();
        await node.Noted.WaitAsync();

        node.Stop();

        Assert.Equal(0, (await running).ExitCode);
    });

    [Fact]
    public void The_whole_node_runs_on_one_thread_in_one_order()
    {
        var logs = Enumerable.Range(0, 2).Select(_ => Conversation()).ToList();

        Assert.Equal(4, logs[0].Count);
        Assert.Equal(logs[0], logs[1]);
    }

    private static List<string> Conversation()
    {
        var log = new List<string>();
        NodeHarness.Run(async node =>
        {
            var running = node.Start();
            await using var coordinator = await node.AcceptAsync(0, 1);
            await coordinator.SendAsync(Messages.Forward(Messages.Key(1), value: 3));
            await coordinator.SendAsync(Messages.Forward(Messages.Key(0), value: 5));
            await coordinator.SendAsync(Messages.Backward(Messages.Key(1), value: 4));
            for (var i = 0; i < 4; i++)
            {
                log.Add($"{node.Time.Now}: {await coordinator.AnswerAsync()}");
            }

            await coordinator.SendAsync(Messages.RunEnded("done"));
            Assert.Equal(0, (await running).ExitCode);
        });
        return log;
    }
}
