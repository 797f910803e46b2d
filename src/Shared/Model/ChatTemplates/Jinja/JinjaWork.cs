namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>
/// Bounds what rendering a template may cost, since a template is a program from elsewhere: evaluated nodes, characters
/// that were put together, and how deep evaluation goes.
/// </summary>
internal sealed class JinjaWork(JinjaSource source)
{
    private const long Most = 2_000_000;
    private const int Deepest = 400;
    private long _spent;
    private int _depth;

    /// <summary>Counts some work.</summary>
    /// <exception cref="MoR.Cluster.Errors.InputException">It was too much.</exception>
    public void Spend(int line, long amount)
    {
        _spent += amount;
        if (_spent > Most)
        {
            throw source.Error(line, $"the chat template takes more than {Most} steps for one conversation");
        }
    }

    /// <summary>Goes one level deeper, until <see cref="Leave"/>.</summary>
    public void Enter(int line)
    {
        Spend(line, 1);
        if (++_depth > Deepest)
        {
            throw source.Error(line, $"an expression is more than {Deepest} operations deep");
        }
    }

    public void Leave() => _depth--;
}
