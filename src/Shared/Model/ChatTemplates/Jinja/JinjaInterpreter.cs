using System.Collections.Immutable;
using System.Text;

namespace MoR.Model.ChatTemplates.Jinja;

/// <summary>Carries out the statements of a template once.</summary>
internal sealed class JinjaInterpreter
{
    private readonly JinjaSource _source;
    private readonly JinjaWork _work;
    private readonly JinjaEvaluator _evaluator;
    private readonly StringBuilder _output = new();

    public JinjaInterpreter(JinjaSource source)
    {
        _source = source;
        _work = new JinjaWork(source);
        _evaluator = new JinjaEvaluator(source, _work);
    }

    /// <summary>What was written so far.</summary>
    public string Output => _output.ToString();

    public void Run(ImmutableArray<JinjaStatement> body, JinjaScope scope)
    {
        foreach (var statement in body)
        {
            _work.Enter(statement.Line);
            switch (statement)
            {
                case JinjaStatement.Text text:
                    Write(text.Line, text.Value);
                    break;
                case JinjaStatement.Output output:
                    Write(output.Line, _evaluator.Text(output.Line, _evaluator.Evaluate(output.Value, scope)));
                    break;
                case JinjaStatement.Set set:
                    Set(set, scope);
                    break;
                case JinjaStatement.If choice:
                    var branch = choice.Branches.FirstOrDefault(item =>
                        item.Condition is null || JinjaValues.IsTrue(_evaluator.Evaluate(item.Condition, scope)));
                    Run(branch.Body.IsDefault ? [] : branch.Body, scope);
                    break;
                case JinjaStatement.For loop:
                    Loop(loop, scope);
                    break;
            }

            _work.Leave();
        }
    }

    private void Write(int line, string text)
    {
        _work.Spend(line, text.Length);
        _output.Append(text);
    }

    private void Set(JinjaStatement.Set set, JinjaScope scope)
    {
        var value = _evaluator.Evaluate(set.Value, scope);
        if (set.Member is null)
        {
            scope.Set(set.Name, value);
        }
        else if (scope.Get(set.Name) is JinjaNamespace target)
        {
            target.Members[set.Member] = value;
        }
        else
        {
            throw _source.Error(
                set.Line,
                $"'{set.Name}' is {JinjaValues.Kind(scope.Get(set.Name))}, and only a namespace's members can be set");
        }
    }

    /// <summary>Every round has variables of its own; a variable set in one is gone in the next.</summary>
    private void Loop(JinjaStatement.For loop, JinjaScope scope)
    {
        var all = _evaluator.Items(loop.Line, _evaluator.Evaluate(loop.Items, scope));
        var rounds = new List<(object? Item, JinjaScope Scope)>();
        foreach (var item in all)
        {
            _work.Spend(loop.Line, 1);
            var round = new JinjaScope(scope);
            Bind(loop, item, round);
            if (loop.Condition is null || JinjaValues.IsTrue(_evaluator.Evaluate(loop.Condition, round)))
            {
                rounds.Add((item, round));
            }
        }

        var items = rounds.ConvertAll(round => round.Item);
        for (var i = 0; i < rounds.Count; i++)
        {
            rounds[i].Scope.Set("loop", LoopVariable(items, i));
            Run(loop.Body, rounds[i].Scope);
        }

        if (rounds.Count == 0)
        {
            Run(loop.Otherwise, scope);
        }
    }

    private void Bind(JinjaStatement.For loop, object? item, JinjaScope round)
    {
        if (loop.Names.Length == 1)
        {
            round.Set(loop.Names[0], item);
            return;
        }

        var parts = _evaluator.Items(loop.Line, item);
        if (parts.Count != loop.Names.Length)
        {
            throw _source.Error(loop.Line, $"an item of {parts.Count} values is taken apart into {loop.Names.Length} names");
        }

        for (var i = 0; i < parts.Count; i++)
        {
            round.Set(loop.Names[i], parts[i]);
        }
    }

    private static Dictionary<string, object?> LoopVariable(List<object?> items, int index) => new(StringComparer.Ordinal)
    {
        ["index"] = (long)index + 1,
        ["index0"] = (long)index,
        ["revindex"] = (long)items.Count - index,
        ["revindex0"] = (long)items.Count - index - 1,
        ["first"] = index == 0,
        ["last"] = index == items.Count - 1,
        ["length"] = (long)items.Count,
        ["previtem"] = index > 0 ? items[index - 1] : new JinjaUndefined("loop.previtem"),
        ["nextitem"] = index + 1 < items.Count ? items[index + 1] : new JinjaUndefined("loop.nextitem"),
    };
}
