using System.Text.Json.Nodes;
using MoR.Cluster.Protocol.Wire;
using MoR.Model.Adapters;
using MoR.Model.Experts;
using MoR.Model.Tests.Reference;
using MoR.Torch;

namespace MoR.Model.Tests.Experts;

/// <summary>A node lays its parameters out as the coordinator does.</summary>
public sealed class AdapterShapesTests : IDisposable
{
    private readonly TinyBackbone _tiny = new();

    public void Dispose() => _tiny.Dispose();

    [Theory]
    [InlineData("mor scope=linear counts=4,8 rank=3,2 shards=4 m=2 mixing=logit alpha=5", WireType.F32)]
    [InlineData("topk scope=block counts=3 k=3 shards=2 dropout=0.25 targets=k_proj,down_proj", WireType.Bf16)]
    [InlineData("none rank=1,7", WireType.Int8)]
    public void A_layout_arrives_as_it_was(string adapter, WireType wire)
    {
        var sent = new AdapterLayout(_tiny.Config, AdapterCase.Parse(adapter, 2));

        var (layout, readWire) = AdapterShapes.Read(AdapterShapes.Write(_tiny.ConfigText, sent.Spec, wire));

        Assert.Equal(sent.ShardOffsets, layout.ShardOffsets);
        Assert.Equal(
            sent.Parameters.Select(parameter => (parameter.Name, parameter.ShapeText, parameter.Offset)),
            layout.Parameters.Select(parameter => (parameter.Name, parameter.ShapeText, parameter.Offset)));
        Assert.Equal(
            [sent.Spec.Experts.Scale(0), sent.Spec.Experts.Scale(1)],
            [layout.Spec.Experts.Scale(0), layout.Spec.Experts.Scale(1)]);
        Assert.Equal(wire, readWire);
    }

    [Fact]
    public void A_text_that_is_no_configuration_is_refused_by_name()
    {
        var shape = AdapterShapes.Write(_tiny.ConfigText, AdapterCase.Parse("none", 2), WireType.F32);
        var json = JsonNode.Parse(_tiny.ConfigText)!.AsObject();
        json["num_hidden_layers"] = -1;

        Refused(new AdapterShape(shape) { BackboneConfig = json.ToJsonString() }, "backbone_config: a text (num_hidden_layers: -1");
        Refused(new AdapterShape(shape) { BackboneConfig = "" }, "backbone_config: a text (it is not valid JSON");
        Refused(new AdapterShape(shape) { AdapterConfig = "[]" }, "adapter_config: a text (it is not a JSON object");
        Refused(new AdapterShape(shape) { AdapterConfig = "{}" }, "adapter_config: a text (mor: the section is missing");
        Refused(new AdapterShape(shape) { Rows = ElementType.I64 }, "rows: I64");

        static void Refused(AdapterShape shape, string error) => Assert.StartsWith(
            "AdapterShape." + error,
            Assert.Throws<WireFormatException>(() => AdapterShapes.Read(shape)).Message,
            StringComparison.Ordinal);
    }
}
