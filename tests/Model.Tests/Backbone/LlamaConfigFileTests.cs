using MoR.Cluster.Errors;
using MoR.Model.Backbone;

namespace MoR.Model.Tests.Backbone;

public sealed class LlamaConfigFileTests : IDisposable
{
    private const string Small =
        """
        "hidden_size": 64, "intermediate_size": 96, "num_hidden_layers": 4, "num_attention_heads": 8,
        "num_key_value_heads": 2, "vocab_size": 100
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void TinyLlama_is_a_llama_with_eight_query_heads_to_a_group()
    {
        // TinyLlama/TinyLlama-1.1B-Chat-v1.0
        var config = Read("""
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "bos_token_id": 1, "eos_token_id": 2,
             "hidden_act": "silu", "hidden_size": 2048, "initializer_range": 0.02, "intermediate_size": 5632,
             "max_position_embeddings": 2048, "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 22,
             "num_key_value_heads": 4, "pretraining_tp": 1, "rms_norm_eps": 1e-05, "rope_scaling": null,
             "rope_theta": 10000.0, "tie_word_embeddings": false, "torch_dtype": "bfloat16",
             "transformers_version": "4.35.0", "use_cache": true, "vocab_size": 32000}
            """);

        Assert.Equal((2048, 5632, 22, 32000), (config.HiddenSize, config.IntermediateSize, config.Layers, config.VocabularySize));
        Assert.Equal((32, 4, 64), (config.Heads, config.KeyValueHeads, config.HeadSize));
        Assert.Equal((2048, 1e-5, 10000), (config.MaxPositions, config.NormEpsilon, config.RopeTheta));
        Assert.Null(config.RopeScaling);
        Assert.Empty(config.Biased);
        Assert.Null(config.Window(21));
        Assert.Equal([2], config.EndOfText);
        Assert.False(config.TiedEmbeddings);
    }

    [Fact]
    public void Llama_3_2_scales_its_rotary_embedding_and_ends_texts_in_several_ways()
    {
        // meta-llama/Llama-3.2-1B-Instruct
        var config = Read("""
            {"architectures": ["LlamaForCausalLM"], "attention_bias": false, "attention_dropout": 0.0,
             "bos_token_id": 128000, "eos_token_id": [128001, 128008, 128009], "head_dim": 64, "hidden_act": "silu",
             "hidden_size": 2048, "intermediate_size": 8192, "max_position_embeddings": 131072, "mlp_bias": false,
             "model_type": "llama", "num_attention_heads": 32, "num_hidden_layers": 16, "num_key_value_heads": 8,
             "rms_norm_eps": 1e-05, "rope_scaling": {"factor": 32.0, "high_freq_factor": 4.0, "low_freq_factor": 1.0,
             "original_max_position_embeddings": 8192, "rope_type": "llama3"}, "rope_theta": 500000.0,
             "tie_word_embeddings": true, "torch_dtype": "bfloat16", "vocab_size": 128256}
            """);

        Assert.Equal(new Llama3RopeScaling(32, 1, 4, 8192), config.RopeScaling);
        Assert.Equal(500000, config.RopeTheta);
        Assert.Equal([128001, 128008, 128009], config.EndOfText);
        Assert.True(config.TiedEmbeddings);
    }

    [Fact]
    public void Mistral_7B_has_a_window_in_every_layer_and_later_versions_have_none()
    {
        // mistralai/Mistral-7B-v0.1; from v0.2 on sliding_window is null
        const string First = """
            {"architectures": ["MistralForCausalLM"], "bos_token_id": 1, "eos_token_id": 2, "hidden_act": "silu",
             "hidden_size": 4096, "initializer_range": 0.02, "intermediate_size": 14336,
             "max_position_embeddings": 32768, "model_type": "mistral", "num_attention_heads": 32,
             "num_hidden_layers": 32, "num_key_value_heads": 8, "rms_norm_eps": 1e-05, "rope_theta": 10000.0,
             "sliding_window": 4096, "tie_word_embeddings": false, "torch_dtype": "bfloat16", "vocab_size": 32000}
            """;

        var config = Read(First);
        Assert.Equal("mistral", config.ModelType);
        Assert.Equal(Enumerable.Repeat<int?>(4096, 32), config.Windows);
        Assert.Empty(config.Biased);
        Assert.Empty(Read(First.Replace("4096, \"tie", "null, \"tie", StringComparison.Ordinal)).Windows);
    }

    [Fact]
    public void Qwen2_has_biases_and_a_window_only_where_it_uses_one()
    {
        // Qwen/Qwen2.5-0.5B
        const string Half = """
            {"architectures": ["Qwen2ForCausalLM"], "attention_dropout": 0.0, "bos_token_id": 151643,
             "eos_token_id": 151643, "hidden_act": "silu", "hidden_size": 896, "intermediate_size": 4864,
             "max_position_embeddings": 32768, "max_window_layers": 21, "model_type": "qwen2",
             "num_attention_heads": 14, "num_hidden_layers": 24, "num_key_value_heads": 2, "rms_norm_eps": 1e-06,
             "rope_theta": 1000000.0, "sliding_window": 32768, "tie_word_embeddings": true,
             "torch_dtype": "bfloat16", "use_mrope": false, "use_sliding_window": false, "vocab_size": 151936}
            """;

        var config = Read(Half);
        Assert.Equal([Linear.QProj, Linear.KProj, Linear.VProj], config.Biased);
        Assert.Empty(config.Windows);
        var windowed = Read(Half.Replace("\"use_sliding_window\": false", "\"use_sliding_window\": true", StringComparison.Ordinal));
        Assert.Equal((null, 32768, 32768), (windowed.Window(20), windowed.Window(21), windowed.Window(23)));
    }

    [Theory]
    [InlineData("""
        "rope_scaling": {"type": "linear", "factor": 4}
        """, "linear 4", 10000)]
    [InlineData("""
        "rope_scaling": {"rope_type": "linear", "type": "linear", "factor": 1.5}, "rope_theta": 50
        """, "linear 1.5", 50)]
    [InlineData("""
        "rope_scaling": {"type": "default"}
        """, null, 10000)]
    [InlineData("""
        "rope_scaling": {}
        """, null, 10000)]
    [InlineData("""
        "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0}
        """, null, 1000000)]
    [InlineData("""
        "rope_parameters": {"rope_theta": 500000, "rope_type": "llama3", "factor": 8, "low_freq_factor": 1,
        "high_freq_factor": 4, "original_max_position_embeddings": 8192, "partial_rotary_factor": 1.0}, "rope_scaling": null
        """, "llama3 8 1 4 8192", 500000)]
    [InlineData("""
        "rope_parameters": {"rope_type": "linear", "factor": 2}, "rope_theta": 30
        """, "linear 2", 30)]
    public void Old_and_new_keys_of_the_rotary_embedding_are_read(string keys, string? scaling, double theta)
    {
        var config = Read($"{{{Small}, {keys}}}");

        Assert.Equal(scaling, config.RopeScaling?.Text);
        Assert.Equal(theta, config.RopeTheta);
    }

    [Fact]
    public void Layer_types_say_which_layers_slide()
    {
        var config = Read($$"""
            {{{Small}}, "model_type": "qwen2", "use_sliding_window": true, "sliding_window": 7,
             "layer_types": ["full_attention", "sliding_attention", "full_attention", "sliding_attention"]}
            """);

        Assert.Equal([null, 7, null, 7], config.Windows);
    }

    [Theory]
    [InlineData("\"model_type\": \"qwen3\"", "model_type: \"qwen3\" is not one of llama, mistral, qwen2")]
    [InlineData("\"model_type\": \"gemma2\"", "model_type: \"gemma2\" is not one of")]
    [InlineData("\"model_type\": \"phi3\"", "model_type: \"phi3\" is not one of")]
    [InlineData("\"model_type\": \"mixtral\"", "model_type: \"mixtral\" is not one of")]
    [InlineData("\"model_type\": \"qwen2_moe\"", "model_type: \"qwen2_moe\" is not one of")]
    [InlineData("\"model_type\": 5", "model_type: 5 is not a text")]
    [InlineData("\"hidden_act\": \"gelu\"", "hidden_act: \"gelu\" is not one of silu")]
    [InlineData("\"quantization_config\": {\"quant_method\": \"gptq\"}", "quantization_config: quantised weights are not")]
    [InlineData("\"rope_scaling\": {\"type\": \"dynamic\", \"factor\": 2}", "rope_scaling.type: \"dynamic\" is not supported")]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"yarn\", \"factor\": 2}", "rope_scaling.rope_type: \"yarn\" is not supported")]
    [InlineData("\"rope_parameters\": {\"rope_type\": \"longrope\"}", "rope_parameters.rope_type: \"longrope\" is not supp")]
    [InlineData("\"rope_scaling\": {\"type\": \"linear\", \"rope_type\": \"llama3\"}", "rope_scaling.type: \"linear\" contradicts")]
    [InlineData("\"rope_scaling\": {\"type\": \"linear\"}", "rope_scaling.factor: the key is missing")]
    [InlineData("\"rope_scaling\": {\"type\": \"linear\", \"factor\": 0.5}", "rope_scaling.factor: 0.5 is not a number from 1")]
    [InlineData("\"rope_scaling\": 4", "rope_scaling: 4 is not an object")]
    [InlineData("\"rope_scaling\": {\"rope_type\": \"llama3\", \"low_freq_factor\": 4, \"high_freq_factor\": 4}",
        "rope_scaling.high_freq_factor: 4 is not above low_freq_factor 4")]
    [InlineData("\"rope_scaling\": {\"type\": \"default\"}, \"rope_parameters\": {\"rope_theta\": 9}", "together with rope_scaling")]
    [InlineData("\"rope_theta\": 9, \"rope_parameters\": {\"rope_theta\": 10}", "rope_parameters.rope_theta: 10 contradicts")]
    [InlineData("\"rope_parameters\": {\"partial_rotary_factor\": 0.5}", "rope_parameters.partial_rotary_factor: 0.5 is not")]
    [InlineData("\"partial_rotary_factor\": 0.25", "partial_rotary_factor: 0.25 is not supported")]
    [InlineData("\"head_dim\": 7", "head_dim: 7 is no even number")]
    [InlineData("\"sliding_window\": 5", "sliding_window: a llama has none")]
    [InlineData("\"model_type\": \"mistral\"", "sliding_window: the key is missing")]
    [InlineData("\"model_type\": \"mistral\", \"sliding_window\": 0", "sliding_window: 0 is not a whole number from 1")]
    [InlineData("\"model_type\": \"mistral\", \"sliding_window\": null, \"attention_bias\": true", "attention_bias: true is not what")]
    [InlineData("\"model_type\": \"mistral\", \"sliding_window\": 3, \"layer_types\": "
        + "[\"full_attention\", \"full_attention\", \"full_attention\", \"sliding_attention\"]", "layer_types: it has layers of full")]
    [InlineData("\"model_type\": \"qwen2\", \"attention_bias\": false", "attention_bias: false is not what qwen2 has")]
    [InlineData("\"model_type\": \"qwen2\", \"mlp_bias\": true", "mlp_bias: true is not what qwen2 has")]
    [InlineData("\"model_type\": \"qwen2\", \"use_sliding_window\": true", "sliding_window: the key is missing")]
    [InlineData("\"model_type\": \"qwen2\", \"use_sliding_window\": true, \"sliding_window\": 4", "max_window_layers: the key is")]
    [InlineData("\"layer_types\": [\"sliding_attention\", \"full_attention\", \"full_attention\", \"full_attention\"]",
        "layer_types: it has layers of sliding_attention, and no window")]
    [InlineData("\"layer_types\": [\"full_attention\"]", "layer_types: it names 1 layers, and num_hidden_layers is 4")]
    [InlineData("\"layer_types\": [\"linear_attention\", \"full_attention\", \"full_attention\", \"full_attention\"]",
        "layer_types: \"linear_attention\" is not supported")]
    [InlineData("\"eos_token_id\": [1, -2]", "eos_token_id: -2 is not a whole number from 0")]
    [InlineData("\"rms_norm_eps\": \"small\"", "rms_norm_eps: \"small\" is not a number")]
    public void What_is_not_supported_is_refused_by_name(string keys, string problem)
    {
        var error = Assert.Throws<InputException>(() => Read($"{{{Small}, {keys}}}"));

        Assert.StartsWith(Path.Combine(_folder.FullName, "config.json"), error.Message, StringComparison.Ordinal);
        Assert.Contains(problem, error.Message, StringComparison.Ordinal);
        Assert.Contains("llama, mistral, qwen2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("hidden_size")]
    [InlineData("num_attention_heads")]
    [InlineData("intermediate_size")]
    [InlineData("num_hidden_layers")]
    [InlineData("vocab_size")]
    public void Sizes_have_to_be_there(string key)
    {
        var error = Assert.Throws<InputException>(
            () => Read($"{{{Small}}}".Replace($"\"{key}\"", "\"other\"", StringComparison.Ordinal)));

        Assert.Contains($"{key}: the key is missing", error.Message, StringComparison.Ordinal);
    }

    private LlamaConfig Read(string json)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "config.json"), json);
        return LlamaConfigFile.Read(_folder.FullName);
    }
}
