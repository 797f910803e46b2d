using MoR.Cluster.Links;
using MoR.Cluster.Tests.Support;
using MoR.Coordinator.Cluster;

namespace MoR.Coordinator.Tests.Cluster;

public sealed class RefusalNotesTests
{
    private readonly ManualTime _time = new();
    private readonly List<string> _notes = [];
    private readonly RefusalNotes _refusals;

    public RefusalNotesTests() => _refusals = new RefusalNotes(_time, _notes.Add);

    [Fact]
    public void A_refusal_is_told_with_the_peer_and_the_reason()
    {
        _refusals.Add(new LinkException("10.0.0.9:4000", "speaks another protocol"));

        Assert.Equal(["a connection was refused: 10.0.0.9:4000: speaks another protocol."], _notes);
    }

    [Fact]
    public void A_thousand_in_a_minute_are_twenty_lines_and_their_number()
    {
        Refuse(1_000);
        Assert.Equal(RefusalNotes.MostPerMinute, _notes.Count);

        _time.Advance(TimeSpan.FromMinutes(1));
        Refuse(1);

        Assert.Equal("980 more connections were refused within a minute, and are not listed.", _notes[^2]);
        Assert.StartsWith("a connection was refused: ", _notes[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void What_was_only_counted_is_told_at_the_end()
    {
        Refuse(21);
        _refusals.Flush();
        _refusals.Flush();

        Assert.Equal("1 more connections were refused within a minute, and are not listed.", _notes[^1]);
        Assert.Equal(RefusalNotes.MostPerMinute + 1, _notes.Count);
    }

    private void Refuse(int count)
    {
        for (var i = 0; i < count; i++)
        {
            _refusals.Add(new LinkException($"10.0.0.9:{i}", "says nothing"));
        }
    }
}
