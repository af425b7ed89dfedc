//! The walks over a graph that more than one check needs: what is reachable, and which nodes form a cycle.

use std::collections::VecDeque;

use crate::{Graph, NodeId};

/// Marks each node that some process can reach: from the starts, over edges and boundaries.
pub(crate) fn reachable(graph: &Graph<'_>) -> Vec<bool> {
    let starts = graph.ids().filter(|id| graph.node(*id).is_some_and(|node| node.kind.begins()));
    reachable_from(graph, starts.collect())
}

/// Marks these nodes and all that they lead to.
pub(crate) fn reachable_from(graph: &Graph<'_>, work: Vec<NodeId>) -> Vec<bool> {
    follow(graph, work, None)
}

/// Marks a node and all that it leads to without coming through another.
pub(crate) fn reachable_without(graph: &Graph<'_>, from: NodeId, closed: NodeId) -> Vec<bool> {
    follow(graph, vec![from], Some(closed))
}

/// Marks a node and all that lead to it.
pub(crate) fn reachable_to(graph: &Graph<'_>, to: NodeId) -> Vec<bool> {
    let mut before = vec![Vec::new(); graph.nodes.len()];
    for from in graph.ids() {
        for to in targets(graph, from) {
            if let Some(before) = before.get_mut(usize::from(to)) {
                before.push(from);
            }
        }
    }
    let mut seen = vec![false; graph.nodes.len()];
    let mut work = vec![to];
    while let Some(id) = work.pop() {
        if seen.get_mut(usize::from(id)).is_some_and(|mark| !std::mem::replace(mark, true)) {
            work.extend(&before[usize::from(id)]);
        }
    }
    seen
}

fn follow(graph: &Graph<'_>, mut work: Vec<NodeId>, closed: Option<NodeId>) -> Vec<bool> {
    let mut seen = vec![false; graph.nodes.len()];
    while let Some(id) = work.pop() {
        if closed == Some(id) {
            continue;
        }
        let Some(mark) = seen.get_mut(usize::from(id)) else { continue };
        if !std::mem::replace(mark, true) {
            work.extend(targets(graph, id));
        }
    }
    seen
}

/// Where a node leads: by its edges, then by its timeouts.
pub(crate) fn targets<'g>(graph: &Graph<'g>, id: NodeId) -> impl Iterator<Item = NodeId> + use<'g> {
    let node = graph.node(id);
    let edges = node.map_or(&[][..], |node| node.edges).iter().map(|edge| edge.to);
    edges.chain(node.map_or(&[][..], |node| node.boundaries).iter().copied())
}

/// One cycle of each group of such nodes that lead to one another: the shortest through the group's first node.
pub(crate) fn cycles(graph: &Graph<'_>, member: impl Fn(NodeId) -> bool) -> Vec<Vec<NodeId>> {
    let mut next = Lists::default();
    for id in graph.ids() {
        let inside = member(id);
        next.push(targets(graph, id).filter(|to| inside && member(*to)).map(u32::from));
    }
    let groups = Components::of(&next);
    let mut cycles: Vec<Vec<NodeId>> = Vec::new();
    let mut known = vec![false; groups.count()];
    for id in graph.ids() {
        let group = groups.group(u32::from(id));
        if !groups.is_cycle(&next, u32::from(id)) || std::mem::replace(&mut known[group as usize], true) {
            continue;
        }
        let back = shortest_back(&next, u32::from(id), |to| groups.group(to) == group);
        cycles.push(back.into_iter().filter_map(|id| NodeId::try_from(id).ok()).collect());
    }
    cycles
}

/// Whether such nodes form a cycle: taking away, again and again, those that none of them leads to leaves some.
pub(crate) fn has_cycle(graph: &Graph<'_>, member: impl Fn(NodeId) -> bool) -> bool {
    let inside: Vec<bool> = graph.ids().map(&member).collect();
    let is_inside = |id: &NodeId| inside.get(usize::from(*id)).is_some_and(|inside| *inside);
    let mut led_to = vec![0_u32; graph.nodes.len()];
    let mut left = 0;
    for id in graph.ids().filter(is_inside) {
        left += 1;
        for to in targets(graph, id).filter(is_inside) {
            led_to[usize::from(to)] += 1;
        }
    }
    let mut work: Vec<NodeId> = graph.ids().filter(is_inside).filter(|id| led_to[usize::from(*id)] == 0).collect();
    while let Some(id) = work.pop() {
        left -= 1;
        for to in targets(graph, id).filter(is_inside) {
            led_to[usize::from(to)] -= 1;
            if led_to[usize::from(to)] == 0 {
                work.push(to);
            }
        }
    }
    left > 0
}

/// The shortest way from a place over such places back to it, without the last step.
pub(crate) fn shortest_back(next: &Lists, start: u32, within: impl Fn(u32) -> bool) -> Vec<u32> {
    let mut from: Vec<Option<u32>> = vec![None; next.len()];
    let mut work = VecDeque::from([start]);
    while let Some(at) = work.pop_front() {
        for to in next.get(at) {
            if *to == start {
                let before = |at: &u32| if *at == start { None } else { from[*at as usize] };
                let mut cycle: Vec<u32> = std::iter::successors(Some(at), before).collect();
                cycle.reverse();
                return cycle;
            }
            if from[*to as usize].is_none() && within(*to) {
                from[*to as usize] = Some(at);
                work.push_back(*to);
            }
        }
    }
    Vec::new()
}

/// Lists of numbers, one behind another in one piece of memory: what each place leads to.
#[derive(Debug, Default)]
pub(crate) struct Lists {
    all: Vec<u32>,
    /// Where each list ends.
    ends: Vec<usize>,
}

impl Lists {
    /// The next list.
    pub(crate) fn push(&mut self, list: impl Iterator<Item = u32>) {
        self.all.extend(list);
        self.ends.push(self.all.len());
    }

    pub(crate) fn get(&self, at: u32) -> &[u32] {
        let first = (at as usize).checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.all[first..self.ends[at as usize]]
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    /// The same steps backwards: what leads to each place.
    pub(crate) fn reversed(&self) -> Lists {
        let mut ends = vec![0; self.len()];
        for to in &self.all {
            ends[*to as usize] += 1;
        }
        let mut end = 0;
        for many in &mut ends {
            (*many, end) = (end, end + *many);
        }
        // Each begins where it stands now, and stands behind its last one when all are filled in.
        let mut all = vec![0; self.all.len()];
        for from in 0..u32::try_from(self.len()).unwrap_or(u32::MAX) {
            for to in self.get(from) {
                let at = &mut ends[*to as usize];
                all[*at] = from;
                *at += 1;
            }
        }
        Lists { all, ends }
    }
}

/// Strongly connected components: groups of places that lead to one another. A group leads to groups of lower numbers
/// alone.
#[derive(Debug)]
pub(crate) struct Components {
    group: Vec<u32>,
    sizes: Vec<u32>,
}

impl Components {
    /// Tarjan's, without recursion: a long flow is a deep one.
    pub(crate) fn of(next: &Lists) -> Self {
        const NEW: u32 = u32::MAX;
        let size = next.len();
        let (mut order, mut low, mut group) = (vec![NEW; size], vec![NEW; size], vec![NEW; size]);
        let (mut stack, mut work) = (Vec::new(), Vec::new());
        let (mut met, mut sizes) = (0, Vec::new());
        for start in (0..).take(size) {
            if order[start as usize] != NEW {
                continue;
            }
            work.push((start, 0));
            while let Some((at, edge)) = work.pop() {
                let here = at as usize;
                if edge == 0 {
                    (order[here], low[here]) = (met, met);
                    met += 1;
                    stack.push(at);
                }
                let Some(next) = next.get(at).get(edge).copied() else {
                    // All that it leads to is known: is it the first of its group?
                    if low[here] == order[here] {
                        let found = u32::try_from(sizes.len()).unwrap_or(NEW);
                        let mut size = 0;
                        while let Some(last) = stack.pop() {
                            group[last as usize] = found;
                            size += 1;
                            if last == at {
                                break;
                            }
                        }
                        sizes.push(size);
                    }
                    if let Some((before, _)) = work.last().copied() {
                        low[before as usize] = low[before as usize].min(low[here]);
                    }
                    continue;
                };
                work.push((at, edge + 1));
                if order[next as usize] == NEW {
                    work.push((next, 0));
                } else if group[next as usize] == NEW {
                    low[here] = low[here].min(order[next as usize]);
                }
            }
        }
        Components { group, sizes }
    }

    pub(crate) fn count(&self) -> usize {
        self.sizes.len()
    }

    pub(crate) fn group(&self, at: u32) -> u32 {
        self.group[at as usize]
    }

    /// It can be come back to.
    pub(crate) fn is_cycle(&self, next: &Lists, at: u32) -> bool {
        self.sizes[self.group(at) as usize] > 1 || next.get(at).contains(&at)
    }
}

/// Goes over places until nothing changes: `step` looks at one and answers whether what is known of it has grown, and
/// then those that depend on it are looked at again. What is known of a place can grow `bound` times at most.
pub(crate) fn fixpoint(size: usize, bound: usize, depends: &Lists, mut step: impl FnMut(u32) -> bool) {
    let mut queued = vec![true; size];
    // Those that come last first: what is known flows back from where a flow ends.
    let mut work: VecDeque<u32> = (0..u32::try_from(size).unwrap_or(u32::MAX)).rev().collect();
    let mut grown = 0_usize;
    while let Some(at) = work.pop_front() {
        queued[at as usize] = false;
        if !step(at) {
            continue;
        }
        grown += 1;
        debug_assert!(grown <= size.saturating_mul(bound), "something shrinks again");
        for at in depends.get(at) {
            if !std::mem::replace(&mut queued[*at as usize], true) {
                work.push_back(*at);
            }
        }
    }
}
