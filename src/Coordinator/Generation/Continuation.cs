using System.Text;
using MoR.Model.Backbone;
using MoR.Model.Tokenizers;

namespace MoR.Coordinator.Generation;

/// <summary>One text that is being continued: its cache, its new tokens, and what ends it.</summary>
internal sealed class Continuation : IDisposable
{
    private readonly LlamaConfig _config;
    private readonly int _promptLength;
    private readonly SamplingOptions _options;
    private readonly Action<string>? _stream;
    private readonly StreamingDecoder _decoder;
    private readonly StringBuilder _written = new();
    private readonly List<int> _tokens = [];
    private string? _stop;

    public Continuation(
        LlamaBackbone backbone, int[] prompt, SamplingOptions options, StreamingDecoder decoder, Action<string>? stream)
    {
        (_config, _promptLength, _options, _decoder, _stream) = (backbone.Config, prompt.Length, options, decoder, stream);
        Cache = new KeyValueCache(_config, Capacity(_config, prompt, options), backbone.Dtype, backbone.Device);
        Input = prompt;
        StopIfFull();
    }

    /// <summary>What it has read so far.</summary>
    public KeyValueCache Cache { get; }

    /// <summary>What it reads next.</summary>
    public int[] Input { get; private set; }

    /// <summary>Whether it has ended.</summary>
    public bool IsDone => _stop is not null;

    /// <summary>Tokens that the cache of a continuation holds at most.</summary>
    public static int Capacity(LlamaConfig config, int[] prompt, SamplingOptions options) =>
        Math.Min(config.MaxPositions, prompt.Length + options.MaxNewTokens);

    /// <summary>Takes the logits that follow <see cref="Input"/>.</summary>
    public void Accept(ReadOnlySpan<double> logits)
    {
        var next = TokenSampler.Next(logits, _options, _promptLength + _tokens.Count);
        if (_config.EndOfText.Contains(next) || next == _options.EndOfAnswer)
        {
            _stop = "end_of_text";
            return;
        }

        var piece = _decoder.Append(next);
        if (_options.StopAtLineEnd && piece.IndexOf('\n', StringComparison.Ordinal) is var end and >= 0)
        {
            _written.Append(piece.AsSpan(0, end));
            _stop = "line_end";
            return;
        }

        _tokens.Add(next);
        Write(piece);
        Input = [next];
        StopIfFull();
    }

    /// <summary>The text, once it has ended.</summary>
    public GeneratedText Finish()
    {
        var rest = _decoder.Finish();
        if (_stop != "line_end")
        {
            Write(rest);
        }

        return new GeneratedText(_written.ToString(), _tokens, _stop!);
    }

    /// <inheritdoc/>
    public void Dispose() => Cache.Dispose();

    private void Write(string piece)
    {
        _written.Append(piece);
        _stream?.Invoke(piece);
    }

    private void StopIfFull()
    {
        if (_tokens.Count >= _options.MaxNewTokens)
        {
            _stop = "max_tokens";
        }
        else if (Cache.Length + Input.Length > _config.MaxPositions)
        {
            _stop = "max_positions";
        }
    }
}
