using System.CommandLine;

namespace MoR.Coordinator.CommandLine;

/// <summary>Every command and option of <c>mor</c>. It is an API: a test holds the list.</summary>
public sealed class CommandTree
{
    // A prompt may begin with '@' or '[' and a value with '-'; nothing in an argument is special.
    private static readonly ParserConfiguration Configuration = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    public CommandTree()
    {
        Help = new Option<bool>("--help", "-h", "-?")
        {
            Description = "show help",
            Arity = ArgumentArity.Zero,
            Recursive = true,
        };
        Json.Recursive = true;
        Debug.Recursive = true;

        // The parser's own help and version print in their own way and end the process in theirs.
        Root = new RootCommand("fine-tunes language models with mixtures of LoRA experts and routers");
        Root.Options.Clear();
        Root.Directives.Clear();
        Root.Add(Train.Command);
        Root.Add(Pretrain.Command);
        Root.Add(Expert.Command);
        Root.Add(Cert.Command);
        Root.Add(Status.Command);
        Root.Add(Compare.Command);
        Root.Add(Evaluate.Command);
        Root.Add(Generate.Command);
        Root.Add(Export.Command);
        Root.Add(Import.Command);
        Root.Add(Plan.Command);
        Root.Add(Simulate.Command);
        Root.Add(Bench.Command);
        Root.Add(Doctor);
        Root.Add(Json);
        Root.Add(Debug);
        Root.Add(Help);
        Root.Add(Version);
    }

    public RootCommand Root { get; }

    public TrainCommand Train { get; } = new();

    public PretrainCommand Pretrain { get; } = new();

    public ExpertCommand Expert { get; } = new();

    public CertCommand Cert { get; } = new();

    public StatusCommand Status { get; } = new();

    public CompareCommand Compare { get; } = new();

    public EvaluateCommand Evaluate { get; } = new();

    public GenerateCommand Generate { get; } = new();

    public ExportCommand Export { get; } = new();

    public ImportCommand Import { get; } = new();

    public PlanCommand Plan { get; } = new();

    public SimulateCommand Simulate { get; } = new();

    public BenchCommand Bench { get; } = new();

    public Command Doctor { get; } = new("doctor", "check this machine and measure its speed");

    public Option<bool> Json { get; } = OptionKinds.Flag("--json", "print one JSON object on the last line of stdout");

    public Option<bool> Debug { get; } = OptionKinds.Flag("--debug", "show the stack trace of an error");

    public Option<bool> Help { get; }

    public Option<bool> Version { get; } = OptionKinds.Flag("--version", "show the version");

    /// <summary>Reads the arguments; what is wrong with them is in <see cref="UsageProblems"/>.</summary>
    public ParseResult Parse(IReadOnlyList<string> arguments) => Root.Parse(arguments, Configuration);
}
