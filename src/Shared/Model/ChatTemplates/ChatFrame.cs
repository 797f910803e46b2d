namespace MoR.Model.ChatTemplates;

/// <summary>
/// The text that a backbone's chat template puts around one question and its answer. Templates mark the messages and do
/// not look into them, so that one frame fits every question.
/// </summary>
/// <param name="BeforeUser">What stands before the user's message: start of text, system message, marks.</param>
/// <param name="AfterUser">What follows it, up to where the assistant begins.</param>
/// <param name="BeforeAnswer">White space that the assistant begins with; usually none.</param>
/// <param name="AfterAnswer">What ends the assistant's message, without white space at its end; empty if nothing
/// does.</param>
public sealed record ChatFrame(string BeforeUser, string AfterUser, string BeforeAnswer, string AfterAnswer)
{
    /// <summary>The text that the assistant goes on from; white space around a message is no part of it.</summary>
    public string Prompt(string user) => BeforeUser + user.Trim() + AfterUser;

    /// <summary>What the assistant then says, without its end.</summary>
    public string Answer(string assistant) => BeforeAnswer + assistant.Trim();
}
