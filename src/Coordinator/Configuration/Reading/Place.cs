namespace MoR.Coordinator.Configuration.Reading;

/// <summary>Where a value was written: a line of a file, or a <c>--set</c> option.</summary>
/// <param name="Subject">The file's path as the user gave it, or the whole option.</param>
/// <param name="Line">Line of the file, counted from 1; 0 when there is none.</param>
/// <param name="BaseFolder">The absolute folder that relative paths written there start from.</param>
public readonly record struct Place(string Subject, int Line, string BaseFolder)
{
    public Place AtLine(long line) => this with { Line = (int)line };
}
