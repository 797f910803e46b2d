namespace MoR.Cluster.Errors;

/// <summary>
/// An error that a user can act on. Its message names what is wrong (a file or a key), the offending value with the
/// allowed range, and the next step; it is printed without a stack trace unless <c>--debug</c> is given.
/// </summary>
public abstract class MorException : Exception
{
    private protected MorException(string subject, string problem, string nextStep, Exception? cause)
        : base($"{subject}: {problem}. {nextStep}", cause)
    {
        Subject = subject;
        Problem = problem;
        NextStep = nextStep;
    }

    /// <summary>The file, key or option that the message is about.</summary>
    public string Subject { get; }

    /// <summary>What is wrong with it, without a final period.</summary>
    public string Problem { get; }

    /// <summary>What to do next, a full sentence.</summary>
    public string NextStep { get; }

    /// <summary>The exit code of a command that ends with this error.</summary>
    public abstract int ExitCode { get; }
}
