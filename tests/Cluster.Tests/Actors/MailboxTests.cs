using MoR.Cluster.Actors;
using MoR.Cluster.Tests.Support;

namespace MoR.Cluster.Tests.Actors;

public sealed class MailboxTests
{
    [Fact]
    public void Messages_are_taken_in_order_of_arrival()
    {
        var mailbox = new Mailbox<int>(3);
        Assert.All([1, 2, 3], message => Assert.True(mailbox.TryPost(message)));

        Assert.Equal(3, mailbox.Count);
        Assert.Equal([1, 2, 3], Drain(mailbox));
    }

    [Fact]
    public void A_full_mailbox_takes_no_message_and_makes_a_poster_wait_until_one_is_taken()
    {
        var mailbox = new Mailbox<int>(1);
        SingleThread.Run(async () =>
        {
            Assert.True(mailbox.TryPost(1));
            Assert.False(mailbox.TryPost(2));
            var waiting = mailbox.PostAsync(3).AsTask();
            Assert.False(waiting.IsCompleted);

            Assert.Equal([1], Drain(mailbox));
            Assert.True(await waiting);
            Assert.Equal([3], Drain(mailbox));
        });
    }

    [Fact]
    public void A_closed_mailbox_gives_what_it_has_and_then_ends()
    {
        var mailbox = new Mailbox<int>(2);
        SingleThread.Run(async () =>
        {
            Assert.True(mailbox.TryPost(1));
            mailbox.Close();

            Assert.False(mailbox.TryPost(2));
            Assert.False(await mailbox.PostAsync(3));
            Assert.True(await mailbox.WaitAsync());
            Assert.Equal([1], Drain(mailbox));
            Assert.False(await mailbox.WaitAsync());
        });
    }

    [Fact]
    public void Closing_frees_a_poster_that_waits_for_room()
    {
        var mailbox = new Mailbox<int>(1);
        SingleThread.Run(async () =>
        {
            Assert.True(mailbox.TryPost(1));
            var waiting = mailbox.PostAsync(2).AsTask();
            mailbox.Close();

            Assert.False(await waiting);
        });
    }

    private static List<int> Drain(Mailbox<int> mailbox)
    {
        var taken = new List<int>();
        while (mailbox.TryTake(out var message))
        {
            taken.Add(message);
        }

        return taken;
    }
}
