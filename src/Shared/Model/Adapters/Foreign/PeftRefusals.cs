using MoR.Cluster.Errors;
using MoR.Model.Json;

namespace MoR.Model.Adapters.Foreign;

/// <summary>
/// The keys of PEFT's LoraConfig (huggingface/peft 0.20, tuners/lora/config.py) that change the function in a way that
/// experts here do not have. Keys that only say how training began or went are ignored, as PEFT does when it loads.
/// </summary>
internal static class PeftRefusals
{
    private static readonly (string Key, string Reason)[] Flags =
    [
        ("use_dora", "DoRA divides by the norm of the whole weight"),
        ("use_qalora", "QALoRA pools the inputs"),
        ("lora_bias", "experts have no bias"),
    ];

    private static readonly (string Key, string Reason)[] Sections =
    [
        ("modules_to_save", "the backbone stays as it is"),
        ("trainable_token_indices", "the backbone's embedding stays as it is"),
        ("layer_replication", "the backbone's layers stay as they are"),
        ("target_parameters", "only linears have experts"),
        ("alora_invocation_tokens", "activated LoRA starts within a text"),
        ("use_bdlora", "the matrices are block-diagonal"),
        ("arrow_config", "Arrow routes between several adapters"),
        ("monteclora_config", "the matrices are random"),
        ("kasa_config", "KaSA changes the backbone's weights"),
    ];

    // These only set the matrices' first values, which the stored ones replace (layer.py, update_layer). The others (pissa,
    // olora, corda, loftq, lora_ga, mica) change the backbone's weights or the product when PEFT loads the adapter.
    private static readonly string?[] Initialisations =
        [null, "true", "false", "\"gaussian\"", "\"eva\"", "\"orthogonal\""];

    /// <exception cref="InputException">The adapter is more than plain LoRA.</exception>
    public static void Check(JsonSection root)
    {
        root.Word("bias", ["none"], "none");
        foreach (var (key, reason) in Flags.Where(item => root.Flag(item.Key)))
        {
            throw root.Refused(key, $"true is not supported: {reason}");
        }

        foreach (var (key, reason) in Sections.Where(item => root.HasContent(item.Key)))
        {
            throw root.Refused(key, $"it is not empty, and is not supported: {reason}");
        }

        if (root.Written("init_lora_weights") is var start && !Initialisations.Contains(start))
        {
            throw root.Refused(
                "init_lora_weights",
                $"{start} changes the backbone's weights when PEFT loads the adapter; let PEFT save it as plain LoRA "
                + "(save_pretrained with path_initial_model_for_weight_conversion)");
        }
    }
}
