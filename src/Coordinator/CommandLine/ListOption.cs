using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>An option that may be given several times, each time with one value.</summary>
public sealed class ListOption : Option<string[]>, IDescribedValue
{
    /// <inheritdoc cref="ValueOption{T}(string, string, string, string, ValueReader{T})"/>
    public ListOption(string name, string placeholder, string description, string allowed, ValueReader<string> read)
        : base(name)
    {
        HelpName = placeholder;
        Description = description;
        Allowed = allowed;
        Arity = ArgumentArity.OneOrMore;
        AllowMultipleArgumentsPerToken = false;
        CustomParser = result =>
        {
            var values = new List<string>();
            foreach (var token in result.Tokens)
            {
                if (!read(token.Value, out var value))
                {
                    result.AddError(token.Value);
                    return [];
                }

                values.Add(value);
            }

            return [.. values];
        };
    }

    /// <inheritdoc/>
    public string Allowed { get; }
}
