using MoR.Cluster.Errors;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>A template's text and what messages call it.</summary>
internal sealed record JinjaSource(string Name, string Text)
{
    /// <summary>An error about a line of the template, from 1.</summary>
    public InputException Error(
        int line, string problem, string nextStep = "Correct the chat template, or use another backbone's.") =>
        new($"{Name}, line {line}", problem, nextStep);

    /// <summary>An error about something that Jinja has and this interpreter does not.</summary>
    public InputException Unsupported(int line, string construct, string supported) => Error(
        line, $"{construct} is not supported (supported: {supported})", "Write the chat template without it.");
}
