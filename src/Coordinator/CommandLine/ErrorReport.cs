using System.Reflection;
using System.Text.Json.Nodes;
using MoR.Cluster.Errors;
using MoR.Torch;

namespace MoR.Coordinator.CommandLine;

/// <summary>What people and programs are told about an exception.</summary>
/// <param name="Kind">input: wrong usage or configuration; run: failed while running; internal: our fault.</param>
/// <param name="Message">One line with the next step in it.</param>
/// <param name="Subject">The file, key, option or operation; empty when there is none.</param>
/// <param name="NextStep">A full sentence.</param>
/// <param name="ExitCode">1, 2 or 3.</param>
public sealed record ErrorReport(string Kind, string Message, string Subject, string NextStep, int ExitCode)
{
    private const string Input = "input";
    private const string Run = "run";
    private const string LessMemory =
        "Lower training.micro_batch_sequences or data.max_tokens, or take a smaller backbone.";

    // errno values of Linux, which .NET hands over in the HResult.
    private const int NoSpaceLeft = 28;
    private const int QuotaExceeded = 122;

    /// <summary>Whether it is an interrupt that the user asked for.</summary>
    public bool IsInterrupt => ExitCode == 3;

    /// <summary>What stands on stderr.</summary>
    public string Line => IsInterrupt || Kind == "internal" ? Message : "error: " + Message;

    /// <summary>Describes an exception.</summary>
    /// <param name="exception">Whatever ended the command.</param>
    /// <param name="isStopping">Whether the user asked the command to stop.</param>
    public static ErrorReport From(Exception exception, bool isStopping)
    {
        var cause = Unwrap(exception);
        return cause switch
        {
            MorException known => new ErrorReport(
                known.ExitCode == 2 ? Input : Run,
                OneLine(known.Message),
                OneLine(known.Subject),
                OneLine(known.NextStep),
                known.ExitCode),
            OperationCanceledException when isStopping =>
                new ErrorReport(Run, "interrupted", "", "Give the command again.", 3),
            OutOfMemoryException => Failed("memory", "there is not enough", LessMemory),
            TorchException torch => FromTorch(torch),
            UnauthorizedAccessException => Failed("", cause.Message, "Check the owner and the permissions."),
            FileNotFoundException { FileName: { } file } => Failed(file, "the file does not exist", "Check the path."),
            IOException io => FromDisk(io),
            _ => new ErrorReport(
                "internal",
                $"internal error: {cause.GetType().Name}: {OneLine(cause.Message)} "
                    + "(run again with --debug for the stack trace, and report it)",
                cause.GetType().Name,
                "Run again with --debug for the stack trace, and report it.",
                1),
        };
    }

    /// <summary>The object that <c>--json</c> prints.</summary>
    public JsonObject ToJson() => new()
    {
        ["error"] = new JsonObject
        {
            ["kind"] = Kind,
            ["message"] = Message,
            ["subject"] = Subject,
            ["next_step"] = NextStep,
            ["exit_code"] = ExitCode,
        },
    };

    /// <summary>The exception that says most: of several, a message for the user comes first.</summary>
    private static Exception Unwrap(Exception exception) => exception switch
    {
        AggregateException { InnerExceptions.Count: > 0 } several =>
            several.Flatten().InnerExceptions.Select(Unwrap).OrderBy(inner => inner is MorException ? 0 : 1).First(),
        TargetInvocationException or TypeInitializationException when exception.InnerException is { } inner =>
            Unwrap(inner),
        _ => exception,
    };

    private static ErrorReport FromTorch(TorchException exception)
    {
        var isMemory = exception.Message.Contains("out of memory", StringComparison.OrdinalIgnoreCase)
            || exception.Message.Contains("not enough memory", StringComparison.OrdinalIgnoreCase);
        var nextStep = isMemory ? LessMemory : "Run 'mor doctor', which checks the tensor library.";
        return new ErrorReport(
            Run, $"{Sentence(exception.Message)} {nextStep}", OneLine(exception.Operation), nextStep, 1);
    }

    private static ErrorReport FromDisk(IOException exception) =>
        (exception.HResult & 0xFFFF) is NoSpaceLeft or QuotaExceeded
            ? Failed("", exception.Message, "Free some disk space.")
            : Failed("", exception.Message, "Check that the disk can be read and written, then try again.");

    private static ErrorReport Failed(string subject, string problem, string nextStep)
    {
        var sentence = Sentence(subject.Length > 0 ? $"{subject}: {problem}" : problem);
        return new ErrorReport(Run, $"{sentence} {nextStep}", OneLine(subject), nextStep, 1);
    }

    private static string Sentence(string text)
    {
        var line = OneLine(text);
        return line.EndsWith('.') ? line : line + ".";
    }

    private static string OneLine(string text) =>
        string.Join(
            ' ', text.Split(['\n', '\r'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));
}
