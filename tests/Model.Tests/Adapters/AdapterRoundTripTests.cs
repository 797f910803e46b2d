using System.Text.Json.Nodes;
using MoR.Model.Adapters;
using MoR.Model.Parameters;
using MoR.Model.Safetensors;
using MoR.Model.Tests.Reference;
using static TorchSharp.torch;

namespace MoR.Model.Tests.Adapters;

public sealed class AdapterRoundTripTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-adapter-");

    private string Tensors => Path.Combine(_folder.FullName, AdapterFiles.TensorsName);

    private string Config => Path.Combine(_folder.FullName, AdapterFiles.ConfigName);

    public void Dispose()
    {
        _folder.Delete(recursive: true);
        _tiny.Dispose();
    }

    [Theory]
    [InlineData("none targets=q_proj,v_proj")]
    [InlineData("topk scope=linear counts=2,4 shards=4 k=1")]
    [InlineData("mor scope=dispatch r=2 m=1 counts=3 alpha=0.5 rank=1")]
    [InlineData("mor scope=block mixing=logit r=1 targets=down_proj")]
    [InlineData("mor scope=linear shards=2")]
    [InlineData("mor counts=2,3 rank=4,1 shards=2")]
    [InlineData("none rank=1,5")]
    public async Task An_adapter_comes_back_bit_for_bit(string adapter)
    {
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse(adapter, 2));
        model.Randomise(seed: 8);
        Write(model.Parameters, model.Backbone.Fingerprint);
        var (tensors, config) = (File.ReadAllBytes(Tensors), File.ReadAllBytes(Config));
        var notices = new List<string>();

        using var again = new TestModel(_tiny.Folder, backbone => AdapterFiles.Load(
            _folder.FullName, backbone, model.Backbone.Fingerprint!, ScalarType.Float32, CPU, notices.Add));

        Assert.Empty(notices);
        Assert.Equal(model.Bytes(), again.Bytes());
        Assert.Equal(await model.LogitsAsync([1, 2, 3]), await again.LogitsAsync([1, 2, 3]));
        Write(again.Parameters, again.Backbone.Fingerprint);
        Assert.Equal(tensors, File.ReadAllBytes(Tensors));
        Assert.Equal(config, File.ReadAllBytes(Config));
    }

    [Fact]
    public void Plain_lora_has_PEFTs_names()
    {
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("none targets=q_proj,down_proj rank=4", 2));
        Write(model.Parameters, null);

        using var file = SafetensorsFile.Open(Tensors);

        Assert.Equal(
            [
                "base_model.model.model.layers.0.mlp.down_proj.lora_A.weight F32 [4, 24]",
                "base_model.model.model.layers.0.mlp.down_proj.lora_B.weight F32 [16, 4]",
                "base_model.model.model.layers.0.self_attn.q_proj.lora_A.weight F32 [4, 16]",
                "base_model.model.model.layers.0.self_attn.q_proj.lora_B.weight F32 [16, 4]",
                "base_model.model.model.layers.1.mlp.down_proj.lora_A.weight F32 [4, 24]",
                "base_model.model.model.layers.1.mlp.down_proj.lora_B.weight F32 [16, 4]",
                "base_model.model.model.layers.1.self_attn.q_proj.lora_A.weight F32 [4, 16]",
                "base_model.model.model.layers.1.self_attn.q_proj.lora_B.weight F32 [16, 4]",
            ],
            file.Tensors.Values.Select(entry => $"{entry.Name} {entry.Dtype} {entry.ShapeText}"));
    }

    [Fact]
    public void Plain_lora_of_unequal_ranks_is_written_for_PEFT_and_for_us()
    {
        using var model = new TestModel(_tiny.Folder, AdapterCase.Parse("none targets=q_proj,up_proj rank=4,3", 2));
        Write(model.Parameters, null);

        using var file = SafetensorsFile.Open(Tensors);
        var config = JsonNode.Parse(File.ReadAllText(Config))!;

        Assert.Equal([4, 16], file.Entry("base_model.model.model.layers.0.mlp.up_proj.lora_A.weight").Shape);
        Assert.Equal([24, 3], file.Entry("base_model.model.model.layers.1.mlp.up_proj.lora_B.weight").Shape);
        Assert.Equal("4", config["r"]!.ToJsonString());
        Assert.Equal(
            """{"layers.1.self_attn.q_proj":3,"layers.1.mlp.up_proj":3}""", config["rank_pattern"]!.ToJsonString());
        Assert.Equal("[4,3]", config["mor"]!["experts"]!["rank"]!.ToJsonString());
        Assert.Equal("4", config["lora_alpha"]!.ToJsonString());
    }

    [Theory]
    [InlineData("linear", "self_attn.o_proj", "mlp.gate_proj", "mlp.up_proj")]
    [InlineData("dispatch", "self_attn.o", "mlp.gate_up")]
    [InlineData("block", "block")]
    public void Routers_are_named_by_their_sites(string scope, params string[] sites)
    {
        using var model = new TestModel(
            _tiny.Folder, AdapterCase.Parse($"mor scope={scope} r=2 targets=o_proj,gate_proj,up_proj", 2));

        var expected = sites.SelectMany(site => (string[])["sub.0", "sub.1", "main"], (site, weight) =>
            $"base_model.model.model.layers.1.{site}.router.{weight}.weight");
        var names = model.Parameters.Layout.Parameters.Select(parameter => parameter.Name);
        Assert.Equal(
            expected,
            names.Where(name => name.Contains(".router.", StringComparison.Ordinal))
                .Where(name => name.Contains("layers.1.", StringComparison.Ordinal)));
    }

    [Fact]
    public void The_configuration_says_what_applies()
    {
        using var usual = new TestModel(_tiny.Folder, AdapterCase.Parse("topk r=3 scope=linear counts=2,4", 2));
        Write(usual.Parameters, "f00d");
        var text = File.ReadAllText(Config);

        Assert.Contains("\"sub_routers\": 1", text, StringComparison.Ordinal);
        Assert.Contains("\"scope\": \"linear\"", text, StringComparison.Ordinal);
        Assert.Contains("\"backbone_fingerprint\": \"f00d\"", text, StringComparison.Ordinal);
        Assert.Contains("\"peft_type\": \"LORA\"", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_matrix_starts_on_a_cache_line_and_shards_follow_each_other()
    {
        using var model = new TestModel(
            _tiny.Folder, AdapterCase.Parse("mor scope=linear counts=3,5 shards=3 rank=3", 2));
        var layout = model.Model.Layout;

        Assert.Equal(layout.Parameters.OrderBy(parameter => parameter.Offset), layout.Parameters);
        var end = 0L;
        foreach (var parameter in layout.Parameters)
        {
            Assert.True(parameter.Offset >= end, $"{parameter.Name} overlaps the one before it");
            var isRouter = parameter.Name.Contains("router", StringComparison.Ordinal);
            Assert.True(isRouter || parameter.Offset % 16 == 0, parameter.Name);
            end = parameter.Offset + parameter.Count;
        }

        for (var shard = 0; shard < 3; shard++)
        {
            var inside = layout.Parameters.Where(parameter =>
                parameter.Offset >= layout.ShardOffsets[shard] && parameter.Offset < layout.ShardOffsets[shard + 1]);
            Assert.All(inside, parameter => Assert.Equal(shard, ExpertOf(parameter.Name) % 3));
        }

        Assert.Equal(layout.Parameters.Sum(parameter => (long)parameter.Rows * parameter.Columns), layout.TrainedCount);
    }

    private static int ExpertOf(string name)
    {
        var parts = name.Split('.');
        return int.Parse(parts[Array.IndexOf(parts, "experts") + 1], System.Globalization.CultureInfo.InvariantCulture);
    }

    private void Write(ParameterVector parameters, string? fingerprint)
    {
        using var tensors = File.Create(Tensors);
        AdapterFiles.WriteTensors(parameters, tensors);
        using var config = File.Create(Config);
        AdapterConfigFile.Write(AdapterLayout.Of(parameters).Spec, "somewhere", fingerprint, config);
    }
}
