using System.CommandLine;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.CommandLine;

/// <summary>The arguments of <c>mor import</c>.</summary>
public sealed class ImportCommand
{
    private readonly Argument<string?> _folder = new("FOLDER")
    {
        Description = "adapter folder of mor, PEFT or MoE-PEFT",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly ValueOption<string?> _backbone =
        OptionKinds.Folder("--backbone", "Hugging Face folder of its backbone (default: what the adapter names)");

    private readonly ValueOption<string?> _output = OptionKinds.Folder("--output", "folder to make");

    public ImportCommand()
    {
        Command.Add(_folder);
        Command.Add(_backbone);
        Command.Add(_output);
    }

    public Command Command { get; } = new("import", "convert another program's adapter to mor's format");

    /// <summary>The options.</summary>
    /// <exception cref="InputException">The folder or the output is missing.</exception>
    public ImportOptions Read(ParseResult parsed) => new()
    {
        Folder = parsed.GetValue(_folder)
            ?? throw new InputException(
                "FOLDER", "no adapter is given", "Write 'mor import FOLDER --backbone DIR --output DIR'."),
        Backbone = parsed.GetValue(_backbone),
        Output = parsed.GetValue(_output)
            ?? throw new InputException("--output", "no folder to make is given", "Add --output DIR."),
    };
}
