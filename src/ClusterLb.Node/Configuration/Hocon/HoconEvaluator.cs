namespace ClusterLb.Node.Configuration.Hocon;

/// <summary>
/// Finds out what values come to, when everything is read. A substitution looks forward: it gets what its path has in the end. Where that
/// would go round in a circle it looks back: it gets what was set before the value that is being found out.
/// </summary>
/// <param name="root">Everything that was read.</param>
/// <param name="environment">For what is not in it; names as they are.</param>
/// <param name="budget">Pays for it.</param>
/// <param name="problems">Get what is wrong.</param>
internal sealed class HoconEvaluator(
    HoconObject root, IReadOnlyDictionary<string, string> environment, HoconBudget budget, ICollection<HoconProblem> problems)
{
    /// <summary>Each place is found out once, whoever asks.</summary>
    private readonly Dictionary<HoconValue, HoconShape> _known = new(ReferenceEqualityComparer.Instance);

    /// <summary>What is being found out; each for the sake of the one before it.</summary>
    private readonly List<HoconValue> _open = [];

    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);

    /// <summary>Outermost keys that a substitution got something from.</summary>
    public IReadOnlySet<string> Taken => _taken;

    /// <summary>What a key comes to.</summary>
    /// <param name="definitions">All that was set for it, the last one last.</param>
    /// <param name="by">Gets those that it was found out by, and that are more than what they look like.</param>
    public HoconShape Look(IReadOnlyList<HoconValue> definitions, ICollection<HoconValue>? by = null) =>
        Look(definitions, definitions.Count, by);

    /// <summary>A value turned out to hold itself: one that may be missing is, else that is a problem.</summary>
    /// <returns>What has to be found out again.</returns>
    public HoconValue? Break(IReadOnlyList<HoconValue> chain)
    {
        foreach (var value in chain.Reverse())
        {
            var optional = PartsOf(value).OfType<HoconSubstitution>().Where(part => part.IsOptional).ToList();
            if (optional.Count == 0) continue;
            _known.Remove(value);
            foreach (var part in optional) _known[part] = HoconShape.Missing;
            return value;
        }

        Tell(new HoconCycle(chain), "stands in what it names", "values hold one another");
        return null;
    }

    private HoconShape Look(IReadOnlyList<HoconValue> definitions, int count, ICollection<HoconValue>? by = null)
    {
        // What is being found out, and all that was set after it, cannot be seen from there.
        var visible = IndexOfFirst(definitions, count, _open);
        var layers = new Stack<HoconBlock>();
        for (var i = visible - 1; i >= 0; i--)
        {
            var (value, shape) = (definitions[i], ShapeOf(definitions, i));
            if (shape == HoconShape.Missing) continue;
            // A block on top hides what is none.
            if (layers.Count > 0 && shape is HoconLeaf or HoconItems) break;
            if (value is not (HoconText or HoconNull or HoconList or HoconObject)) by?.Add(value);
            if (shape is not HoconBlock block) return shape;
            layers.Push(block);
        }

        if (layers.Count > 0) return layers.Count == 1 ? layers.Peek() : new HoconBlock([.. layers.SelectMany(block => block.Layers)]);
        return visible < count ? new HoconCycle(_open[_open.IndexOf(definitions[visible])..]) : HoconShape.Missing;
    }

    /// <summary>A value that is part of the circle is left out, as are those set after it, when something was set before.</summary>
    private HoconShape LookBack(IReadOnlyList<HoconValue> definitions)
    {
        var shape = Look(definitions);
        if (shape is not HoconCycle cycle) return shape;
        var link = IndexOfFirst(definitions, definitions.Count, cycle.Chain);
        // Where the circle began, what was set before has been looked at.
        if (link == definitions.Count || definitions[link] == cycle.Chain[0]) return cycle;
        var back = Look(definitions, link);
        return back == HoconShape.Missing ? cycle : back;
    }

    private static int IndexOfFirst(IReadOnlyList<HoconValue> definitions, int count, IReadOnlyList<HoconValue> wanted)
    {
        for (var i = 0; i < count; i++)
        {
            if (wanted.Contains(definitions[i])) return i;
        }

        return count;
    }

    private HoconShape ShapeOf(IReadOnlyList<HoconValue> definitions, int index) => definitions[index] switch
    {
        HoconText text => new HoconLeaf(new TextNode(text.Place.Source, text.Place.Line, text.Text)),
        HoconNull none => new HoconLeaf(new NullNode(none.Place.Source, none.Place.Line)),
        HoconObject block => new HoconBlock([block]),
        HoconList list => new HoconItems(list.Place, HoconItems.Of(list.Items)),
        HoconAppend append => FindOut(append, () => Append(append, Look(definitions, index)), isOpen: false),
        HoconSubstitution substitution => FindOut(substitution, () => Substitute(substitution)),
        var value => FindOut(value, () => Join((HoconConcatenation)value)),
    };

    /// <summary>What depends on what is being found out already is not known yet, except to who asked first.</summary>
    private HoconShape FindOut(HoconValue value, Func<HoconShape> find, bool isOpen = true)
    {
        if (_known.TryGetValue(value, out var known)) return known;
        budget.Enter(value.Place);
        if (isOpen) _open.Add(value);
        var shape = find();
        if (isOpen) _open.RemoveAt(_open.Count - 1);
        budget.Leave();
        if (shape is HoconCycle cycle)
        {
            if (_open.Count > 0) return cycle;
            Tell(cycle, "names what it sets, and nothing was set before", "values lead round in a circle");
            shape = HoconShape.Broken;
        }

        return _known[value] = shape;
    }

    private HoconShape Substitute(HoconSubstitution substitution)
    {
        HoconShape cycle = HoconShape.Missing;
        foreach (var scope in substitution.Scopes)
        {
            string[] path = [.. scope.Path, .. substitution.Path];
            var shape = Find(scope.Start ?? root, path);
            if (shape is HoconCycle) cycle = shape;
            if (shape is HoconCycle || shape == HoconShape.Missing) continue;
            if (scope.Start is null) _taken.Add(path[0]);
            return shape;
        }

        if (HoconEnvironment.Find(substitution, environment) is { } variable) return variable;
        if (substitution.IsOptional || cycle is HoconCycle) return substitution.IsOptional ? HoconShape.Missing : cycle;
        problems.Add(new HoconProblem(
            substitution.Place,
            $"{substitution} is set neither in the configuration nor in the environment; a ? after the brace lets it be missing"));
        return HoconShape.Broken;
    }

    /// <summary>Only what lies on the way is found out, not its neighbours.</summary>
    private HoconShape Find(HoconObject start, string[] path)
    {
        HoconShape shape = new HoconBlock([start]);
        foreach (var name in path)
        {
            if (shape is HoconLeaf or HoconItems) return HoconShape.Missing;
            if (shape is not HoconBlock block) return shape;
            budget.Spend(block.Layers.Count, block.Place);
            shape = LookBack(block.Definitions(name));
        }

        return shape;
    }

    private HoconShape Join(HoconConcatenation whole)
    {
        var shapes = new List<HoconShape>();
        foreach (var part in whole.Parts)
        {
            var shape = ShapeOf([part], 0);
            if (shape is HoconCycle || shape == HoconShape.Broken) return shape;
            shapes.Add(shape);
        }

        return HoconJoin.Of(whole, shapes, budget, message => problems.Add(new HoconProblem(whole.Place, message)));
    }

    private HoconShape Append(HoconAppend append, HoconShape below)
    {
        if (below is HoconCycle || below == HoconShape.Broken) return below;
        var isUnset = below == HoconShape.Missing || below is HoconLeaf { Node: NullNode };
        if ((isUnset ? new HoconItems(append.Place, []) : HoconJoin.AsItems(below)) is { } list)
        {
            budget.Spend(list.Items.Count + append.Items.Count, append.Place);
            return new HoconItems(append.Place, [.. list.Items, .. HoconItems.Of(append.Items)]);
        }

        problems.Add(new HoconProblem(append.Place, $"+= adds to a list, but what was set before is {HoconJoin.KindOf(below)}"));
        return HoconShape.Broken;
    }

    /// <summary>Once for all that are part of it.</summary>
    private void Tell(HoconCycle cycle, string alone, string together)
    {
        foreach (var value in cycle.Chain) _known[value] = HoconShape.Broken;
        var way = cycle.Chain.SelectMany(value => SubstitutionsOf(value, cycle.Chain)).Distinct().ToList();
        var message = way is [var only]
            ? $"{only} {alone}"
            : $"{together}: {string.Join(", ", way.Select(one => $"{one} at {one.Place}"))}";
        problems.Add(new HoconProblem((way.FirstOrDefault() ?? cycle.Chain[0]).Place, message));
    }

    /// <summary>Of values that are joined, those that are part of the chain themselves; else all.</summary>
    private static List<HoconSubstitution> SubstitutionsOf(HoconValue value, IReadOnlyList<HoconValue> chain)
    {
        var all = PartsOf(value).OfType<HoconSubstitution>().ToList();
        return all.Exists(chain.Contains) ? all.FindAll(chain.Contains) : all;
    }

    private static IReadOnlyList<HoconValue> PartsOf(HoconValue value) => value is HoconConcatenation whole ? whole.Parts : [value];
}
