"""The providers' shelves in a sequence: what is done to them, and whether they hold what they must."""
from collections import Counter

from sequences.stock import Part, count_places, follow_lines, follow_moves

SETTLER = 'manager of both'


class Shelves:
    """Shelves with the counted part, beside the player's orders.

    :param Player player: whose rows, jobs and environment are used
    """

    def __init__(self, player):
        self.player, self.world, self.model = player, player.world, player.model
        quants, _moves = count_places(player.rows)
        self.before = quants  # by location, without what the orders move
        names = {id_: name for name, id_ in self.world.companies.items()}
        self.places = {
            (self.model.providers[row['stokiva_provider_id']]['name'], names[row['company_id']]): id_
            for id_, row in player.rows['stock_location'].items() if not row['stokiva_is_defective']}
        self.model.shelves = {shelf: quants[place] for shelf, place in self.places.items()}

    def find_wrong(self):
        """Return in words where stock is not what moves, lines and model say."""
        rows = self.player.rows
        quants, moves = count_places(rows)
        expected = Counter(self.before)
        expected.update(moves)
        wrong = [
            f'{quants[place]} at place {place}, the moves say {expected[place]}'
            for place in rows['stock_location'] if quants[place] != expected[place]]
        wrong += [f'{quantity} at place {place}' for place, quantity in quants.items() if quantity < 0]
        wrong += [
            f'{quants[place]} on the shelf of {shelf}, not {self.model.shelves[shelf]}'
            for shelf, place in self.places.items() if quants[place] != self.model.shelves[shelf]]
        for id_, job in self.player.jobs.items():
            states = {
                line['id']: line['stock_state'] for line in rows['stokiva_part_line'].values()
                if line['work_order_id'] == id_ and self._is_counted(line)}
            if states != {line: part.state for line, part in job.parts.items()}:
                wrong.append(f'parts {states}, not {job.parts}')
        return wrong

    def _is_counted(self, line):
        return line['product_id'] == self.world.pump and not line['is_provider_stock']

    def observe_lines(self, job, lines, is_changed):
        """Take over the ids of a job's part lines; what follows from them is the model's.

        :param list lines: rows of the order
        :param bool is_changed: whether it was the parts that somebody edited
        """
        job.lines = tuple(line['id'] for line in lines)
        job.parts = {
            line['id']: job.parts.get(line['id']) or Part(line['quantity']) for line in lines if self._is_counted(line)}
        if is_changed and job.state == 'awaiting_approval':
            follow_lines(job, self.player.jobs.values(), self.model.shelves)

    # -- what is done ----------------------------------------------------------------------------------

    def step(self, id_, choice):
        """Do one thing to the stock of an order's provider."""
        job = self.player.jobs[id_]
        shelf = job.provider, job.company
        short = [line for line, part in job.parts.items() if part.state == 'short']
        if choice % 4 == 3 and short:
            self._settle(id_, short)
        elif choice % 4 == 2 and shelf in self.places:
            self._bring(shelf, 2 if choice // 4 % 3 or not self.model.shelves[shelf] else -1)
        else:
            self.move()

    def move(self):
        """Let the job follow that moves parts."""
        player = self.player
        due = [id_ for id_ in player.jobs if player.rows['stokiva_work_order'][id_]['parts_due']]
        if not due:
            return
        with player.attempt(f'parts of {due} are moved', None, due):
            for id_ in due:
                player.env['stokiva.work.order'].browse(id_)._move_parts_safely()
                follow_moves(player.jobs[id_], player.jobs.values(), self.model.shelves)
            player.counts['parts moved', 'done'] += len(due)

    def _bring(self, shelf, quantity):
        """Bring parts to a shelf, or take some away."""
        env, place = self.player.env, self.places[shelf]
        places = [env.ref('stock.stock_location_suppliers').id, place][::1 if quantity > 0 else -1]
        with self.player.attempt(f'{quantity} to the shelf of {shelf}', None, []):
            common = {
                'product_id': self.world.pump, 'company_id': self.world.companies[shelf[1]],
                'location_id': places[0], 'location_dest_id': places[1]}
            env['stock.move'].create({
                **common, 'product_uom_qty': abs(quantity), 'picked': True,
                'move_line_ids': [(0, 0, {**common, 'quantity': abs(quantity), 'picked': True})]})._action_done()
            self.before[place] += quantity
            self.model.shelves[shelf] += quantity
            self.player.counts['shelf', 'done'] += 1

    def _settle(self, id_, short):
        """The office says that a part was the provider's own."""
        lines = self.player.env['stokiva.part.line'].browse(short)
        user = self.world.get_record(self.player.env, SETTLER)
        with self.player.attempt(f'{short} are settled', None, [id_]):
            lines.with_user(user).action_confirm_own()
            for line in short:
                self.player.jobs[id_].parts[line].state = 'own'
            self.player.counts['part settled', 'done'] += 1
