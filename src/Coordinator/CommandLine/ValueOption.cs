using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>An option with one value, given at most once.</summary>
public sealed class ValueOption<T> : Option<T>, IDescribedValue
{
    private readonly ValueReader<T> _read;

    /// <param name="name">With its dashes.</param>
    /// <param name="placeholder">Stands for the value in help.</param>
    /// <param name="description">One line.</param>
    /// <param name="allowed">The allowed values in words.</param>
    /// <param name="read">Reads the value.</param>
    public ValueOption(string name, string placeholder, string description, string allowed, ValueReader<T> read)
        : base(name)
    {
        _read = read;
        HelpName = placeholder;
        Description = description;
        Allowed = allowed;
        Arity = ArgumentArity.ExactlyOne;
        CustomParser = result =>
        {
            if (read(result.Tokens[0].Value, out var value))
            {
                return value;
            }

            // UsageProblems makes the whole message.
            result.AddError(Allowed);
            return default;
        };
    }

    /// <inheritdoc/>
    public string Allowed { get; }

    /// <inheritdoc/>
    public bool Accepts(string text) => _read(text, out _);
}
