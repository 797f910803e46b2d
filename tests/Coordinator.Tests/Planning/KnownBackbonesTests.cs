using MoR.Coordinator.Planning;

namespace MoR.Coordinator.Tests.Planning;

public sealed class KnownBackbonesTests
{
    [Theory]
    [InlineData("tinyllama-1.1b", 1_100_048_384)]
    [InlineData("qwen2.5-0.5b", 494_032_768)]
    [InlineData("qwen2.5-7b", 7_615_616_512)]
    [InlineData("mistral-7b", 7_241_732_096)]
    [InlineData("llama-2-7b", 6_738_415_616)]
    [InlineData("llama-2-13b", 13_015_864_320)]
    [InlineData("llama-2-70b", 68_976_648_192)]
    [InlineData("llama-3.1-8b", 8_030_261_248)]
    [InlineData("Llama-3.1-70B", 70_553_706_496)]
    public void A_known_shape_has_the_published_number_of_parameters(string name, long parameters) =>
        Assert.Equal(parameters, KnownBackbones.Parameters(KnownBackbones.Find(name)!));

    [Fact]
    public void An_unknown_name_has_no_shape() => Assert.Null(KnownBackbones.Find("llama-9-9b"));
}
