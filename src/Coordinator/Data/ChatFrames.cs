using MoR.Cluster.Errors;
using MoR.Model.ChatTemplates;

namespace MoR.Coordinator.Data;

/// <summary>The frames of a backbone's chat template, one per system message, each found once.</summary>
/// <param name="template">Gives the template; called when a task first asks.</param>
public sealed class ChatFrames(Func<ChatTemplate> template)
{
    private readonly Dictionary<string, ChatFrame> _frames = new(StringComparer.Ordinal);
    private ChatFrame? _withoutSystem;

    /// <summary>The frame for a system message; null for none, or the template's own.</summary>
    /// <exception cref="InputException">The backbone has no template that makes one.</exception>
    public ChatFrame Of(string? system)
    {
        if (system is null)
        {
            return _withoutSystem ??= template().FrameOf(null);
        }

        if (!_frames.TryGetValue(system, out ChatFrame? frame))
        {
            frame = template().FrameOf(system);
            _frames.Add(system, frame);
        }

        return frame;
    }
}
