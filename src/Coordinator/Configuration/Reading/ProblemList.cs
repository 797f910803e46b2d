using System.Text;
using MoR.Cluster.Errors;

namespace MoR.Coordinator.Configuration.Reading;

/// <summary>Collects everything that is wrong, so that the user sees all of it at once, one line each.</summary>
public sealed class ProblemList
{
    /// <summary>The most problems that are printed; the rest is counted.</summary>
    public const int MostShown = 20;

    private readonly List<Problem> _problems = [];
    private int _notKept;

    public int Count => _problems.Count + _notKept;

    /// <summary>Whether further problems are only counted, so that their texts need not be worked out.</summary>
    public bool IsFull => _problems.Count >= MostShown;

    public void Add(Place place, string text, string nextStep)
    {
        if (IsFull)
        {
            _notKept++;
            return;
        }

        _problems.Add(new Problem(place, text, nextStep));
    }

    /// <summary>Raises one error that holds every problem, the first of the file first.</summary>
    /// <exception cref="InputException">Anything was added.</exception>
    public void ThrowIfAny()
    {
        if (_problems.Count == 0)
        {
            return;
        }

        // The sort is stable: problems of one line stay in the order in which they were found. What the forms of a task
        // share is read once per form, and its problems are found as often.
        var ordered = _problems.Distinct()
            .OrderBy(problem => problem.Place.Line == 0 ? int.MaxValue : problem.Place.Line)
            .ToList();
        var rest = new StringBuilder(ordered[0].NextStep);
        foreach (var problem in ordered.Skip(1))
        {
            rest.Append('\n').Append($"{problem.Place.Subject}: {problem.TextWithLine}. {problem.NextStep}");
        }

        if (_notKept > 0)
        {
            rest.Append('\n').Append($"{ordered[0].Place.Subject}: {_notKept} more problems. Correct these first.");
        }

        throw new InputException(ordered[0].Place.Subject, ordered[0].TextWithLine, rest.ToString());
    }
}
