using System.Text.Encodings.Web;
using System.Text.Json;
using MoR.Coordinator.CommandLine;
using MoR.Model.Adapters;
using MoR.Model.Backbone;
using MoR.Model.Routing;

namespace MoR.Coordinator.Export;

/// <summary>The README.md of an exported adapter: what it is, what it belongs to, how to load it.</summary>
internal sealed record ModelCard(
    string Title, string Origin, string BaseModel, string Fingerprint, AdapterSpec Spec, long Parameters)
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private string Kind => Spec.IsPlainLora ? "A LoRA adapter" : "A mixture of LoRA experts";

    /// <summary>The text; equal adapters have equal ones.</summary>
    public string Text() =>
        $"""
        ---
        tags: [lora{(Spec.IsPlainLora ? "" : ", mixture-of-experts")}]
        {(Spec.IsPlainLora ? "library_name: peft\n" : "")}---

        # {Title}

        {Kind} for a Llama model, {Origin}, written by mor {ProgramVersion.Text}.

        | | |
        |---|---|
        | backbone | {Code(BaseModel)} |
        | backbone's fingerprint | `{Fingerprint}` |
        | linears | {string.Join(", ", Spec.Experts.Targets.Select(linear => linear.ShortName()))} |
        | rank, alpha | {Rank()}, {Spec.Experts.Alpha} |
        | experts | {Experts()} |
        | router | {Router()} |
        | parameters | {Parameters} (F32) |

        ## Load

        {(Spec.IsPlainLora ? InPeft() : InPyTorch())}

        With mor: `mor evaluate --backbone DIR --adapter THIS_FOLDER --task NAME`, `mor generate` likewise. mor refuses a
        backbone of another fingerprint.

        """;

    private string InPeft() =>
        $"""
        ```python
        from peft import PeftModel
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_pretrained({Quoted()})
        model = PeftModel.from_pretrained(model, "THIS_FOLDER")
        ```

        Without PEFT: `load_adapter(model, "THIS_FOLDER")` of `mor_adapter.py` in this folder, which needs PyTorch only.
        """;

    private string InPyTorch() =>
        $"""
        PEFT has no such mixtures: it would warn about keys and leave the model as it is. `mor_adapter.py` in this folder
        needs PyTorch only:

        ```python
        from mor_adapter import load_adapter
        from transformers import AutoModelForCausalLM

        model = AutoModelForCausalLM.from_pretrained({Quoted()})
        adapter = load_adapter(model, "THIS_FOLDER")  # adapter.unload() takes it off again
        ```
        """;

    private string Experts() => $"{PerLayer(Spec.Experts.CountPerLayer)} per linear";

    private string Rank() => PerLayer(Spec.Experts.RankPerLayer);

    private static string PerLayer(IReadOnlyList<int> numbers) => numbers.Distinct().Count() == 1
        ? $"{numbers[0]}"
        : $"{string.Join(", ", numbers)} (layer by layer)";

    private string Router()
    {
        var router = Spec.Router;
        var place = router.Scope == RouterScope.Dispatch ? "dispatch point" : router.Scope.ToString().ToLowerInvariant();
        var scope = $"one decision per {place}, top {router.TopK}";
        return router.Kind switch
        {
            RouterCatalogue.None => "none",
            RouterCatalogue.MixtureOfRouters =>
                $"mor: {router.SubRouters} sub-routers, of which a token keeps {router.KeptSubRouters}, "
                + $"{router.Mixing.ToString().ToLowerInvariant()} mixing; {scope}",
            _ => $"{router.Kind}: {scope}",
        };
    }

    private string Quoted() => JsonSerializer.Serialize(BaseModel, Readable);

    /// <summary>A text in one cell of a table, whatever is in it.</summary>
    private static string Code(string text) =>
        $"`{text.ReplaceLineEndings(" ").Replace('`', '\'').Replace("|", "\\|", StringComparison.Ordinal)}`";
}
