using MoR.Model.Backbone;
using MoR.Model.Tests.Reference;

namespace MoR.Model.Tests.Backbone;

public sealed class LlamaConfigWriterTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("mor-config-");
    private readonly TinyBackbone _tiny = new();

    public void Dispose()
    {
        _tiny.Dispose();
        _folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void What_is_written_reads_as_the_same_architecture(bool tied)
    {
        var config = _tiny.Config with { TiedEmbeddings = tied, EndOfText = [3], RopeTheta = 123.5, NormEpsilon = 1e-5 };
        using (var file = File.Create(Path.Combine(_folder.FullName, "config.json")))
        {
            LlamaConfigWriter.Write(config, "float32", beginningOfText: 1, file);
        }

        var read = LlamaConfigFile.Read(_folder.FullName);

        Assert.Equal(config.EndOfText, read.EndOfText);
        Assert.Empty(read.Biased);
        Assert.Equal(Rest(config), Rest(read));

        static LlamaConfig Rest(LlamaConfig config) => config with { EndOfText = [], Biased = [] };
    }

    [Fact]
    public void What_the_file_would_not_say_is_refused()
    {
        LlamaConfig[] others =
        [
            _tiny.Config with { ModelType = "qwen2" },
            _tiny.Config with { Biased = [Linear.QProj] },
            _tiny.Config with { Windows = [4, null] },
            _tiny.Config with { RopeScaling = new LinearRopeScaling(2) },
        ];

        Assert.All(others, config => Assert.Throws<ArgumentException>(
            () => LlamaConfigWriter.Write(config, "float32", beginningOfText: null, Stream.Null)));
    }
}
