using MoR.Cluster.Actors;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Actors;

public sealed class ActorTests
{
    private static readonly RestartLimit twiceInTenSeconds = new(2, TimeSpan.FromSeconds(10));

    private readonly ManualTime _time = new();
    private readonly List<string> _log = [];
    private readonly List<(string? Message, string Error)> _failures = [];

    [Fact]
    public void A_behaviour_that_throws_is_built_again_and_no_other_message_is_lost()
    {
        SingleThread.Run(Actor(Posted("a", "throw", "b")).RunAsync);

        Assert.Equal(["built", "a", "throw", "disposed", "built", "b", "disposed"], _log);
        Assert.Equal([("throw", "thrown on purpose")], _failures);
    }

    [Fact]
    public void One_failure_more_than_the_limit_goes_up_and_names_actor_limit_and_cause()
    {
        var mailbox = Posted("throw", "throw", "throw", "left");

        var error = Assert.Throws<ActorFailedException>(() => SingleThread.Run(Actor(mailbox).RunAsync));

        Assert.Equal("shard 3 failed once more after 2 restarts within 10 s: thrown on purpose", error.Message);
        Assert.Equal(3, _failures.Count);
        Assert.Equal(1, mailbox.Count);
    }

    [Fact]
    public void A_restart_stops_counting_when_the_window_has_passed()
    {
        var window = new RestartWindow(twiceInTenSeconds, _time);
        Assert.True(window.TryRestart());
        _time.Advance(TimeSpan.FromSeconds(6));
        Assert.True(window.TryRestart());
        Assert.False(window.TryRestart());

        _time.Advance(TimeSpan.FromSeconds(4));
        Assert.True(window.TryRestart());
        Assert.False(window.TryRestart());
    }

    [Fact]
    public void A_behaviour_that_cannot_be_built_fails_without_a_message()
    {
        var actor = new Actor<string>(
            "shard 3", Posted("a"), () => throw new InvalidOperationException("no memory"), twiceInTenSeconds, _time, Failed);

        Assert.Throws<ActorFailedException>(() => SingleThread.Run(actor.RunAsync));
        Assert.Equal(Enumerable.Repeat(((string?)null, "no memory"), 3), _failures);
    }

    [Fact]
    public void With_no_restarts_the_first_failure_goes_up()
    {
        var actor = new Actor<string>("node", Posted("throw"), () => new Recorder(_log), RestartLimit.None, _time, Failed);

        var error = Assert.Throws<ActorFailedException>(() => SingleThread.Run(actor.RunAsync));
        Assert.Equal("node failed: thrown on purpose", error.Message);
    }

    [Fact]
    public void A_core_has_its_effects_performed_in_order_before_the_next_message()
    {
        var mailbox = new Mailbox<string>(4);
        var behaviour = new CoreBehaviour<string, string>(new Doubling(_log), async effect =>
        {
            await Task.Yield();
            _log.Add(effect);
        });
        Assert.True(mailbox.TryPost("a") && mailbox.TryPost("b"));
        mailbox.Close();

        SingleThread.Run(new Actor<string>("core", mailbox, () => behaviour, RestartLimit.None, _time, Failed).RunAsync);

        Assert.Equal(["a1", "a2", "b1", "b2", "core disposed"], _log);
    }

    [Fact]
    public void Actors_that_talk_to_each_other_run_on_one_thread_in_one_order()
    {
        var runs = Enumerable.Range(0, 2).Select(_ => Conversation()).ToList();

        Assert.Equal(["ping 4", "pong 3", "ping 2", "pong 1", "ping 0"], runs[0]);
        Assert.Equal(runs[0], runs[1]);
    }

    private List<string> Conversation()
    {
        var log = new List<string>();
        var (ping, pong) = (new Mailbox<string>(1), new Mailbox<string>(1));
        SingleThread.Run(() =>
        {
            Assert.True(ping.TryPost("4"));
            return Task.WhenAll(Player("ping", ping, pong).RunAsync(), Player("pong", pong, ping).RunAsync());
        });
        return log;

        Actor<string> Player(string name, Mailbox<string> own, Mailbox<string> other) => new(
            name, own, () => new Answering(name, log, own, other), RestartLimit.None, _time, Failed);
    }

    private Actor<string> Actor(Mailbox<string> mailbox) => new(
        "shard 3",
        mailbox,
        () =>
        {
            _log.Add("built");
            return new Recorder(_log);
        },
        twiceInTenSeconds,
        _time,
        Failed);

    private ValueTask Failed(string? message, Exception error)
    {
        _failures.Add((message, error.Message));
        return ValueTask.CompletedTask;
    }

    private static Mailbox<string> Posted(params string[] messages)
    {
        var mailbox = new Mailbox<string>(8);
        Assert.All(messages, message => Assert.True(mailbox.TryPost(message)));
        mailbox.Close();
        return mailbox;
    }

    private sealed class Doubling(List<string> log) : ICore<string, string>, IDisposable
    {
        public IReadOnlyList<string> Receive(string message) => [message + "1", message + "2"];

        public void Dispose() => log.Add("core disposed");
    }

    private sealed class Answering(string name, List<string> log, Mailbox<string> own, Mailbox<string> other) : IBehaviour<string>
    {
        public async ValueTask ReceiveAsync(string message)
        {
            log.Add($"{name} {message}");
            var left = int.Parse(message, System.Globalization.CultureInfo.InvariantCulture) - 1;
            if (left < 0)
            {
                own.Close();
                other.Close();
                return;
            }

            Assert.True(await other.PostAsync(left.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        }

        public void Dispose()
        {
        }
    }
}
