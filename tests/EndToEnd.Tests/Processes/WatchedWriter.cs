namespace MoR.EndToEnd.Tests.Processes;

/// <summary>Text that calls somebody the first time that a line holds something.</summary>
/// <param name="awaited">What the line holds; null for nothing.</param>
/// <param name="act">Who is called.</param>
internal sealed class WatchedWriter(string? awaited, Action act) : StringWriter
{
    private bool _done;

    public override void WriteLine(string? value)
    {
        base.WriteLine(value);
        if (!_done && awaited is not null && value?.Contains(awaited, StringComparison.Ordinal) == true)
        {
            _done = true;
            act();
        }
    }
}
