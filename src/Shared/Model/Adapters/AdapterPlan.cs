using MoR.Cluster.Errors;
using MoR.Model.Adapters.Foreign;
using MoR.Model.Backbone;
using MoR.Model.Parameters;

namespace MoR.Model.Adapters;

/// <summary>
/// What an adapter's folder describes, whoever wrote it: the function, and where its parameters are stored.
/// </summary>
/// <param name="Spec">The function.</param>
/// <param name="Stored">
/// Where a parameter's values are; null where the folder has none because they are zero, such as plain LoRA on some of
/// the layers only.
/// </param>
internal sealed record AdapterPlan(AdapterSpec Spec, Func<Parameter, StoredTensor?> Stored)
{
    /// <summary>Key in the tensors' metadata for an adapter whose configuration has no <c>mor</c> section.</summary>
    public const string FingerprintKey = "mor.backbone_fingerprint";

    /// <summary>Reads a folder's configuration: ours, PEFT's plain LoRA, or one of MoE-PEFT.</summary>
    /// <param name="file">Path of <c>adapter_config.json</c>.</param>
    /// <param name="metadata">Metadata of the tensors' file.</param>
    /// <param name="config">The backbone's architecture.</param>
    /// <param name="fingerprint">The backbone's fingerprint; an adapter that names another is refused. Null for any.</param>
    /// <param name="notice">Told what is ignored or rounded, a sentence each.</param>
    /// <exception cref="InputException">The configuration is malformed, or describes another kind of function.</exception>
    public static AdapterPlan Read(
        string file, IReadOnlyDictionary<string, string> metadata, LlamaConfig config, string? fingerprint,
        Action<string> notice)
    {
        var root = AdapterConfigFile.Open(file);
        if (root.Written(AdapterConfigFile.SectionName) is not null)
        {
            return Own(AdapterConfigFile.Read(root, config, fingerprint, notice));
        }

        if (fingerprint is not null && metadata.TryGetValue(FingerprintKey, out var expected))
        {
            AdapterConfigFile.CheckFingerprint(file, expected, fingerprint);
        }

        return MoePeft.KindOf(root) is { } kind
            ? MoePeft.Plan(kind, root, config, notice)
            : PeftLora.Plan(root, config, notice);
    }

    /// <summary>Every parameter is stored under its own name.</summary>
    public static AdapterPlan Own(AdapterSpec spec) => new(spec, StoredTensor.Own);
}
