using MoR.Coordinator.Generation;
using MoR.Coordinator.Models;

namespace MoR.Coordinator.Benchmarks;

/// <summary>This program's generation, as <c>mor generate</c> does it: greedy, from one prompt, to the last token asked for.</summary>
internal sealed class GenerationContender : IContender
{
    private readonly TimeProvider _time;
    private readonly InferenceModel _model;
    private readonly TextGenerator _generator;
    private readonly (int[] Prompt, SamplingOptions Options) _text;

    /// <param name="name">Its name.</param>
    /// <param name="backbone">The backbone, loaded; not owned.</param>
    /// <param name="adapterFolder">The adapter, or null for the backbone alone.</param>
    /// <param name="prompt">What is continued.</param>
    /// <param name="newTokens">By how many tokens.</param>
    /// <param name="time">Measures.</param>
    public GenerationContender(
        string name, LoadedBackbone backbone, string? adapterFolder, int[] prompt, int newTokens, TimeProvider time)
    {
        (Name, _time) = (name, time);
        _text = (prompt, new SamplingOptions { MaxNewTokens = newTokens });
        _model = InferenceModel.Load(backbone, adapterFolder, _ => { });
        _generator = new TextGenerator(_model.Model, _model.Runner, () => backbone.Text, () => 0);
    }

    /// <inheritdoc/>
    public string Name { get; }

    /// <inheritdoc/>
    public async Task<Turn> RunAsync(int times, CancellationToken stop)
    {
        IReadOnlyList<int> tokens = [];
        var began = _time.GetTimestamp();
        for (var i = 0; i < times; i++)
        {
            tokens = (await _generator.GenerateAsync(_text.Prompt, _text.Options, null, stop)).Tokens;
        }

        return new Turn(_time.GetElapsedTime(began).TotalSeconds, []) { Tokens = tokens };
    }

    /// <inheritdoc/>
    public void Dispose() => _model.Dispose();
}
