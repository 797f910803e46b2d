using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>An option that may be given several times, each time with one value.</summary>
public sealed class ListOption : Option<string[]>, IDescribedValue
{
    private readonly Func<string, bool> _isAllowed;

    /// <param name="name">With its dashes.</param>
    /// <param name="placeholder">Stands for the value in help.</param>
    /// <param name="description">One line.</param>
    /// <param name="allowed">The allowed values in words.</param>
    /// <param name="isAllowed">Whether a text is one of them.</param>
    public ListOption(string name, string placeholder, string description, string allowed, Func<string, bool> isAllowed)
        : base(name)
    {
        _isAllowed = isAllowed;
        HelpName = placeholder;
        Description = description;
        Allowed = allowed;
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        Validators.Add(result =>
        {
            if (!result.Tokens.All(token => isAllowed(token.Value)))
            {
                // UsageProblems makes the whole message.
                result.AddError(Allowed);
            }
        });
    }

    /// <inheritdoc/>
    public string Allowed { get; }

    /// <inheritdoc/>
    public bool Accepts(string text) => _isAllowed(text);
}
