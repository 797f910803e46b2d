namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>What a name or member stands for that is not there: it writes nothing and is false.</summary>
internal sealed record JinjaUndefined(string What);
